package muster.registry.client;

import java.time.Instant;
import java.util.Optional;

/** One watch as a status page shows it. */
public record WatchStatus(Query<?> query, long index, Instant readAt, Optional<String> failure) {}
