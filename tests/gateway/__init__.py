"""The gateway: which messengers are connected, and what people are told of them."""
