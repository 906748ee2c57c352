package muster.registry.mesh;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import muster.wire.GoQuote;

/**
 * Whether one service may connect to another. (Consul HTTP API: Intentions)
 *
 * @param id a UUID, made where the intention was asked for; "" for one that a config entry states
 * @param source a service's name, or {@code *} for any
 * @param destination as {@code source}
 * @param sourceType {@code consul}
 * @param action {@code allow} or {@code deny}; "" where permissions decide
 * @param permissions rules for single requests, as a config entry states them
 */
public record Intention(
        String id,
        String description,
        String source,
        String destination,
        String sourceType,
        String action,
        Map<String, String> meta,
        List<Object> permissions,
        Instant createdAt,
        Instant updatedAt,
        long createIndex,
        long modifyIndex) {
    /** Stands for any service. */
    public static final String ANY = "*";
    public static final String ALLOW = "allow";
    public static final String DENY = "deny";
    private static final String CONSUL = "consul";

    /** Those that say more come first; equals in the order of their names. */
    public static final Comparator<Intention> BY_PRECEDENCE = Comparator.comparingInt(Intention::precedence).reversed()
            .thenComparing(Intention::destination).thenComparing(Intention::source);

    public Intention {
        id = id == null ? "" : id;
        description = description == null ? "" : description;
        source = source == null ? "" : source;
        destination = destination == null ? "" : destination;
        sourceType = sourceType == null || sourceType.isEmpty() ? CONSUL : sourceType;
        action = action == null ? "" : action;
        TreeMap<String, String> copy = meta == null ? new TreeMap<>() : new TreeMap<>(meta);
        copy.values().removeIf(Objects::isNull);
        meta = Collections.unmodifiableSortedMap(copy);
        permissions = permissions == null ? List.of() : List.copyOf(permissions);
        createdAt = createdAt == null ? Instant.EPOCH : createdAt;
        updatedAt = updatedAt == null ? createdAt : updatedAt;
    }

    /** 9 for two names, 8 for any source, 6 for any destination, 5 for both. (Consul: Intention Precedence) */
    public int precedence() {
        return isAny(destination) ? isAny(source) ? 5 : 6 : isAny(source) ? 8 : 9;
    }

    /** Whether it speaks about this pair of services. */
    public boolean covers(String from, String to) {
        return (isAny(source) || source.equalsIgnoreCase(from)) && (isAny(destination) || destination.equalsIgnoreCase(to));
    }

    /** Whether connections are let through; rules for single requests let through nothing by themselves. */
    public boolean isAllowed() {
        return action.equals(ALLOW);
    }

    /** As Consul words it in errors and reasons. */
    public String text() {
        return action.toUpperCase(java.util.Locale.ROOT) + " default/" + source + " => default/" + destination + " (ID: " + id
                + ", Precedence: " + precedence() + ")";
    }

    /** A digest over what it says, for comparing it between datacenters. */
    public byte[] hash() {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (String part : List.of(id, description, source, destination, sourceType, action, meta.toString())) {
                digest.update(part.getBytes(StandardCharsets.UTF_8));
                digest.update((byte) 0);
            }
            return digest.digest();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** Consul's texts for what is wrong with it, in its order. */
    public List<String> faults() {
        List<String> faults = new ArrayList<>();
        if (source.isEmpty()) {
            faults.add("SourceName must be set");
        }
        if (destination.isEmpty()) {
            faults.add("DestinationName must be set");
        }
        name("SourceName", source).ifPresent(faults::add);
        name("DestinationName", destination).ifPresent(faults::add);
        if (description.length() > 512) {
            faults.add("Description exceeds maximum length 512");
        }
        if (meta.size() > 64) {
            faults.add("Meta exceeds maximum element count 64");
        }
        meta.forEach((key, value) -> {
            if (key.length() > 128) {
                faults.add("Meta key " + GoQuote.quote(key) + " exceeds maximum length 128");
            }
            if (value.length() > 512) {
                faults.add("Meta value for key " + GoQuote.quote(key) + " exceeds maximum length 512");
            }
        });
        if (!action.equals(ALLOW) && !action.equals(DENY)) {
            faults.add("Action must be set to 'allow' or 'deny'");
        }
        if (!sourceType.equals(CONSUL)) {
            faults.add("SourceType must be set to 'consul'");
        }
        return faults;
    }

    private static Optional<String> name(String field, String name) {
        return name.contains(ANY) && !name.equals(ANY)
                ? Optional.of(field + ": wildcard character '*' cannot be used with partial values")
                : Optional.empty();
    }

    private static boolean isAny(String name) {
        return name.equals(ANY);
    }

    public Intention at(long created, long modified) {
        return new Intention(id, description, source, destination, sourceType, action, meta, permissions, createdAt,
                updatedAt, created, modified);
    }

    /** Under another id and with another beginning, as an update keeps them. */
    public Intention as(String otherId, Instant since) {
        return new Intention(otherId, description, source, destination, sourceType, action, meta, permissions, since,
                updatedAt, createIndex, modifyIndex);
    }
}
