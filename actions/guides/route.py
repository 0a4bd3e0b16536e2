"""The route finder."""
from actions.guides.logic import GuideLogic


class RouteLogic(GuideLogic):
    """To come."""
