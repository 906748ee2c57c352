package muster.template.share;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import muster.registry.client.KeyValue;
import muster.template.dependency.Dependency;
import muster.template.dependency.Values;
import muster.template.runner.ManagedTemplate;
import muster.template.runner.Sharing;
import muster.template.source.Locks;
import muster.template.watch.Moment;

/**
 * One agent of several with equal templates leads each of them: it holds the lock of the template's key, watches what the
 * template reads, and leaves the values in that key. The others watch the key alone. What a leader left is kept when it goes, so
 * that nothing is lost while another takes its place. An agent that gets no session reads for itself. The set's thread calls;
 * the {@link Election} has a thread of its own.
 */
public final class SharedTemplates implements Sharing {
    private final Map<ManagedTemplate, Shared> shared = new HashMap<>();
    private final Election election;

    /**
     * @param prefix of the keys, with its slash
     * @param ttl of the session, at least 10 s for Consul
     * @param locks closed with this
     */
    public SharedTemplates(List<ManagedTemplate> templates, String prefix, Duration ttl, Locks locks, Consumer<String> log) {
        for (ManagedTemplate template : templates) {
            String key = prefix + id(template) + "/data";
            shared.put(template, new Shared(key, new Dependency.OptionalKey(key, "")));
        }
        election = new Election(locks, ttl, log);
    }

    /** The same for agents whose template has the same source, text and destination. */
    private static String id(ManagedTemplate template) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (String part : List.of(template.spec().sourceName(), template.text(), template.spec().destination())) {
                digest.update(part.getBytes(StandardCharsets.UTF_8));
                digest.update((byte) 0);
            }
            return HexFormat.of().formatHex(digest.digest()).substring(0, 32);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** One template's part. The set's thread owns it. */
    private static final class Shared {
        private final String key;
        private final Dependency<Optional<KeyValue>> dependency;
        private Optional<KeyValue> seen = Optional.empty();
        private Optional<Bundle> bundle = Optional.empty();
        private byte[] left = {};

        Shared(String key, Dependency<Optional<KeyValue>> dependency) {
            this.key = key;
            this.dependency = dependency;
        }
    }

    @Override
    public void start(Consumer<ManagedTemplate> changed) {
        Map<String, ManagedTemplate> byKey = new HashMap<>();
        shared.forEach((template, part) -> byKey.put(part.key, template));
        election.start(key -> changed.accept(byKey.get(key)), shared.values().stream().map(part -> part.key).toList());
    }

    @Override
    public Set<Dependency<?>> watched(ManagedTemplate template) {
        Shared part = shared.get(template);
        Set<Dependency<?>> watched = new HashSet<>();
        watched.add(part.dependency);
        boolean ownEyes = election.leads(part.key) || election.isAlone() && part.bundle.isEmpty();
        for (Dependency<?> used : template.state().used()) {
            boolean left = part.bundle.filter(bundle -> !bundle.complete() || bundle.has(used)).isPresent();
            if (ownEyes || !Bundle.isShared(used) || part.bundle.isPresent() && !left) {
                watched.add(used);
            }
        }
        return watched;
    }

    @Override
    public Moment seen(ManagedTemplate template, Moment own) {
        Shared part = shared.get(template);
        Optional<Optional<KeyValue>> known = own.values(template.spec().waiting().hold()).get(part.dependency);
        if (known.isPresent() && !known.get().equals(part.seen)) {
            part.seen = known.get();
            // A new leader begins with nothing; what the old one left is better.
            known.get().flatMap(entry -> Bundle.of(entry.value())).filter(bundle -> bundle.complete() || part.bundle.isEmpty())
                    .ifPresent(bundle -> part.bundle = Optional.of(bundle));
        }
        known.ifPresent(entry -> election.held(part.key, entry.map(KeyValue::session).orElse("")));
        return part.bundle.map(bundle -> own.with(bundle.valuesOf(template.state().used()))).orElse(own);
    }

    @Override
    public void tried(ManagedTemplate template, Moment seen) {
        Shared part = shared.get(template);
        if (!election.leads(part.key)) {
            part.left = new byte[0];
            return;
        }
        Values values = seen.values(template.spec().waiting().hold());
        Map<Dependency<?>, Object> known = new HashMap<>();
        template.state().used().forEach(used -> values.get(used).ifPresent(value -> known.put(used, value)));
        byte[] bytes = Bundle.of(template.state().missing().isEmpty(), known).bytes();
        if (!Arrays.equals(bytes, part.left)) {
            part.left = bytes;
            election.leave(part.key, bytes);
        }
    }

    @Override
    public void close() {
        election.close();
    }
}
