"""The ASGI application that faces people: channels mounted, pages guarded."""
