package muster.registry.client;

import java.time.Duration;

/**
 * One answer.
 *
 * @param index the X-Consul-Index of the answer, at least 1
 * @param lastContact how long the answering server had not heard from the leader; zero on the leader
 */
public record Reading<T>(T value, long index, boolean knownLeader, Duration lastContact) {}
