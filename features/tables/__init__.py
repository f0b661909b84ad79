"""Feature tables: computed, shipped, cached, joined, brought by a user, or extracted in resumable parts."""
