package muster.registry.client;

import java.time.Instant;
import java.util.Optional;

/**
 * A watched value as last known.
 *
 * @param value the last good value; empty until there was one. (A key that does not exist is a good value: the query's
 *     own Optional, empty.)
 * @param index of that value, 0 before the first
 * @param readAt when it was last known to be current; {@link Instant#EPOCH} before the first
 * @param failure why it can't be refreshed at present, empty when it is current
 */
public record View<T>(Optional<T> value, long index, Instant readAt, Optional<String> failure) {}
