"""All tables together; whoever opens a database needs every foreign key to be known."""

from bot.storage import course_tables as course_tables
from bot.storage import desk_tables as desk_tables
from bot.storage import plan_tables as plan_tables
from bot.storage import traffic_tables as traffic_tables
from bot.storage.tables import Base as Base
