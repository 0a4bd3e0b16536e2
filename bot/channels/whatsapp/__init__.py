"""WhatsApp: webhooks in, messages out, over the Cloud API."""
