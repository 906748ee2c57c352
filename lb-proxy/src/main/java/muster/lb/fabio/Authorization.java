package muster.lb.fabio;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Function;
import muster.lb.auth.Htpasswd;
import muster.lb.auth.Htpasswd.Credentials;
import muster.lb.exchange.Decision;
import muster.lb.exchange.Decision.Answer;
import muster.lb.exchange.Fetcher;
import muster.lb.exchange.HeaderList;
import muster.lb.exchange.HopByHop;
import muster.lb.exchange.RequestHead;
import muster.lb.exchange.Transport;
import muster.lb.route.TargetUrl;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The schemes of {@code proxy.auth} (Fabio: "Authorization"). Passwords are checked on a thread of their own, for a check can take long, and a
 * right one is remembered by its hash as long as its file does not change. A file that can't be read any more admits nobody.
 */
final class Authorization implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Authorization.class);
    private static final int MAX_REMEMBERED = 10_000;
    private static final Duration EXTERNAL_TIMEOUT = Duration.ofSeconds(10);
    private static final int MAX_EXTERNAL_BODY = 64 * 1024;

    private final Map<String, Scheme> schemes = new HashMap<>();
    private final Fetcher fetcher;
    private final Executor elsewhere;
    private final List<Thread> refreshers = new ArrayList<>();

    /** A header of the answer, in place of the target's or beside it. */
    record Added(String name, String value, boolean isReplacing) {
        void addTo(HeaderList headers) {
            if (isReplacing) {
                headers.set(name, value);
            } else {
                headers.add(name, value);
            }
        }
    }

    private sealed interface Scheme {
        record External(FabioConfig.Auth.External config, TargetUrl endpoint) implements Scheme {}

        /** A file as last read; {@code right} has the hashes of credentials that were found right. */
        final class Basic implements Scheme {
            private final FabioConfig.Auth.Basic config;
            private volatile Known known = new Known(new Htpasswd(Map.of(), List.of()), FileTime.fromMillis(0), Map.of());

            private record Known(Htpasswd users, FileTime changed, Map<String, Boolean> right) {}

            Basic(FabioConfig.Auth.Basic config) {
                this.config = config;
            }
        }
    }

    /** @param elsewhere runs what must not hold up an event loop */
    private Authorization(Fetcher fetcher, Executor elsewhere) {
        this.fetcher = fetcher;
        this.elsewhere = elsewhere;
    }

    /** Reads the files; throws {@link IllegalStateException} naming one that can't be read. */
    static Authorization of(Map<String, FabioConfig.Auth> config, Fetcher fetcher, Executor elsewhere) {
        Authorization made = new Authorization(fetcher, elsewhere);
        config.forEach((name, auth) -> {
            switch (auth) {
                case FabioConfig.Auth.External external ->
                        made.schemes.put(name, new Scheme.External(external, TargetUrl.parse(external.endpoint())));
                case FabioConfig.Auth.Basic basic -> {
                    Scheme.Basic scheme = new Scheme.Basic(basic);
                    try {
                        read(scheme);
                    } catch (IOException e) {
                        throw new IllegalStateException("proxy.auth: scheme " + name + ": can't read " + basic.file() + ": " + e.getMessage(), e);
                    }
                    made.schemes.put(name, scheme);
                    if (!basic.refresh().isZero()) {
                        made.refreshers.add(Thread.ofVirtual().name("htpasswd-" + name).start(() -> refresh(scheme)));
                    }
                }
            }
        });
        return made;
    }

    /**
     * Lets a request on, or answers it. A scheme that is not configured admits nobody.
     *
     * @param then what to do with an admitted request, given headers for its answer
     */
    Decision check(String name, RequestHead head, Function<List<Added>, Decision> then) {
        Optional<Scheme> scheme = Optional.ofNullable(schemes.get(name));
        if (scheme.isEmpty()) {
            log.warn("unknown auth scheme, refusing name={}", name);
            return refusal(Optional.empty());
        }
        return switch (scheme.get()) {
            case Scheme.Basic basic -> checkBasic(basic, head, then);
            case Scheme.External external -> askExternal(external, head, then);
        };
    }

    @Override
    public void close() {
        refreshers.forEach(Thread::interrupt);
    }

    private Decision checkBasic(Scheme.Basic scheme, RequestHead head, Function<List<Added>, Decision> then) {
        Optional<Credentials> shown = head.headers().first("Authorization").flatMap(Credentials::basic);
        if (shown.isEmpty()) {
            return refusal(Optional.of(scheme.config.realm()));
        }
        Scheme.Basic.Known known = scheme.known;
        String remembered = fingerprint(shown.get());
        if (known.right().containsKey(remembered)) {
            return then.apply(List.of());
        }
        if (!known.users().users().containsKey(shown.get().user())) {
            return refusal(Optional.empty());
        }
        return new Decision.Later(CompletableFuture.supplyAsync(() -> {
            if (!known.users().admits(shown.get())) {
                return refusal(Optional.empty());
            }
            if (known.right().size() < MAX_REMEMBERED) {
                known.right().put(remembered, true);
            }
            return then.apply(List.of());
        }, elsewhere));
    }

    private Decision askExternal(Scheme.External scheme, RequestHead head, Function<List<Added>, Decision> then) {
        HeaderList headers = HopByHop.forwardable(head.headers()).remove("Content-Length").set("Host", head.host());
        String base = scheme.endpoint().path();
        String uri = (base.endsWith("/") ? base.substring(0, base.length() - 1) : base) + head.uri();
        return new Decision.Later(fetcher
                .fetch(new Fetcher.Request(head.method(), scheme.endpoint(), Transport.DEFAULT, uri, headers, new byte[0], EXTERNAL_TIMEOUT,
                        MAX_EXTERNAL_BODY))
                .handle((answer, failure) -> {
                    if (failure != null) {
                        log.warn("auth service not asked, refusing endpoint={} why=\"{}\"", scheme.config().endpoint(), failure.getMessage());
                        return refusal(Optional.empty());
                    }
                    return switch (answer.status()) {
                        case 200 -> then.apply(added(scheme.config(), answer.headers()));
                        case 302 -> Rewrite.redirect(head, 302, answer.headers().first("Location").orElse("/"));
                        default -> refusal(Optional.empty());
                    };
                }));
    }

    private static List<Added> added(FabioConfig.Auth.External config, HeaderList answer) {
        List<Added> added = new ArrayList<>();
        config.setHeaders().forEach(name -> added.add(new Added(name, answer.first(name).orElse(""), true)));
        config.appendHeaders().forEach(name -> added.add(new Added(name, answer.first(name).orElse(""), false)));
        return added;
    }

    private static Answer refusal(Optional<String> realm) {
        Answer answer = Answer.text(401, "authorization failed\n");
        realm.ifPresent(name -> answer.headers().add("WWW-Authenticate", "Basic realm=\"" + name.replace("\"", "\\\"") + "\""));
        return answer;
    }

    private static void read(Scheme.Basic scheme) throws IOException {
        Path file = scheme.config.file();
        FileTime changed = Files.getLastModifiedTime(file);
        Htpasswd users = Htpasswd.parse(Files.readString(file, StandardCharsets.UTF_8));
        users.problems().forEach(problem -> log.warn("htpasswd line passed over file={} why=\"{}\"", file, problem));
        scheme.known = new Scheme.Basic.Known(users, changed, new ConcurrentHashMap<>());
    }

    private static void refresh(Scheme.Basic scheme) {
        try {
            while (true) {
                Thread.sleep(scheme.config.refresh());
                try {
                    if (!Files.getLastModifiedTime(scheme.config.file()).equals(scheme.known.changed())) {
                        read(scheme);
                        log.info("htpasswd read again file={} users={}", scheme.config.file(), scheme.known.users().users().size());
                    }
                } catch (IOException e) {
                    if (!scheme.known.users().users().isEmpty()) {
                        log.warn("htpasswd can't be read, nobody is admitted file={} why=\"{}\"", scheme.config.file(), e.getMessage());
                    }
                    scheme.known = new Scheme.Basic.Known(new Htpasswd(Map.of(), List.of()), FileTime.fromMillis(0), Map.of());
                }
            }
        } catch (InterruptedException e) {
            log.debug("htpasswd no longer looked at file={}", scheme.config.file());
        }
    }

    private static String fingerprint(Credentials credentials) {
        try {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            sha.update(credentials.user().getBytes(StandardCharsets.UTF_8));
            sha.update((byte) ':');
            return HexFormat.of().formatHex(sha.digest(credentials.password().getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
