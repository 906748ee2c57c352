package muster.registry.connect;

import java.math.BigInteger;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.random.RandomGenerator;
import muster.registry.Registry;
import muster.registry.mesh.Authority;
import muster.registry.query.MeshReads;

/**
 * The leafs of this agent's services: one for each, kept in memory, made anew before it runs out and when there is a new
 * root. Who waits for the next one is an entry in the registry's one loop of waits. Any thread may call.
 */
public final class LeafCertificates {
    /** More services than one agent has; the least lately used goes first. */
    private static final int MOST = 4096;
    private static final Duration DEFAULT_WAIT = Duration.ofMinutes(10);
    /** A leaf is renewed when it has lived for a part of its time between these two, each at its own, so that not all come at once. */
    private static final double EARLIEST = 0.6;
    private static final double LATEST = 0.9;

    private final Registry registry;
    private final CertificateAuthority authority;
    private final RandomGenerator random;
    /** Guarded by itself, as is making a leaf: two who ask at once get the same. */
    private final Map<String, Leaf> leafs = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Leaf> eldest) {
            return size() > MOST;
        }
    };

    /** @param random for the time of renewal; used under this object's lock */
    public LeafCertificates(Registry registry, CertificateAuthority authority, RandomGenerator random) {
        this.registry = registry;
        this.authority = authority;
        this.random = random;
    }

    /**
     * The leaf of a service: at once for index 0, else when there is one with a greater index, at the latest after the wait.
     *
     * @param wait zero for the default of ten minutes
     * @param gone completes when nobody wants the answer any more
     */
    public CompletionStage<Leaf> get(String service, long index, Duration wait, CompletionStage<?> gone) {
        Duration bounded = wait.isPositive() && wait.compareTo(DEFAULT_WAIT) < 0 ? wait : DEFAULT_WAIT;
        return next(service, index, registry.clock().instant().plus(bounded), gone);
    }

    private CompletionStage<Leaf> next(String service, long index, Instant deadline, CompletionStage<?> gone) {
        return authority.present()
                .thenCompose(now -> CompletableFuture.supplyAsync(() -> current(service, now), authority.workers)
                        .thenCompose(leaf -> {
                            Instant moment = registry.clock().instant();
                            if (index == 0 || leaf.index() > index || !moment.isBefore(deadline)) {
                                return CompletableFuture.completedFuture(leaf);
                            }
                            boolean renewing = leaf.renewAt().isBefore(deadline);
                            Duration pause = atLeast(moment, renewing ? leaf.renewAt() : deadline);
                            return registry.query(new MeshReads.OfAuthority(), now.modifyIndex(), pause, gone)
                                    .thenCompose(then -> renewing || then.index() != now.modifyIndex()
                                            ? next(service, index, deadline, gone)
                                            : CompletableFuture.completedFuture(leaf));
                        }));
    }

    /** Zero would be a wait of the default length. */
    private static Duration atLeast(Instant from, Instant until) {
        Duration wait = Duration.between(from, until);
        return wait.compareTo(Duration.ofMillis(1)) < 0 ? Duration.ofMillis(1) : wait;
    }

    private Leaf current(String service, Authority now) {
        synchronized (leafs) {
            Leaf known = leafs.get(service);
            boolean good = known != null && known.rootId().equals(now.activeRoot().id())
                    && registry.clock().instant().isBefore(known.renewAt());
            if (good) {
                return known;
            }
            long index = Math.max(registry.snapshot().index(), known == null ? 1 : known.index() + 1);
            Leaf made = made(service, now, index);
            leafs.put(service, made);
            return made;
        }
    }

    private Leaf made(String service, Authority now, long index) {
        Instant from = registry.clock().instant().truncatedTo(ChronoUnit.SECONDS).minus(CertificateAuthority.BACKDATED);
        Duration life = now.configuration().leafTtl();
        Instant until = from.plus(life).isBefore(now.activeRoot().notAfter()) ? from.plus(life) : now.activeRoot().notAfter();
        String uri = new SpiffeId.Service(now.trustDomain(), "default", registry.datacenter(), service).uri();
        KeyPair key = authority.certificates.newKey("ec", 256);
        BigInteger serial = authority.certificates.newSerial();
        Certificates.Made made = authority.certificates.leaf(key.getPublic(), commonName(service, now), uri,
                now.activeRoot().certificate(), authority.certificates.readKey(now.signingKey().pem()), serial, from, until);
        StringBuilder chain = new StringBuilder(made.certificate());
        now.activeRoot().intermediates().forEach(chain::append);
        double part = EARLIEST + (LATEST - EARLIEST) * random.nextDouble();
        Instant renewAt = from.plusMillis((long) (Duration.between(from, until).toMillis() * part));
        return new Leaf(service, uri, Certificates.hex(serial.toByteArray()), chain.toString(), Certificates.write(key), from, until,
                now.activeRoot().id(), renewAt, index);
    }

    /** At most 64 characters (RFC 5280, ub-common-name), of those that a name may have. */
    private static String commonName(String service, Authority now) {
        String name = service.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9-]", "-");
        String rest = ".svc.default." + now.clusterId().substring(0, 8) + ".consul";
        return name.substring(0, Math.min(name.length(), 64 - rest.length())) + rest;
    }
}
