package muster.registry.acl;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * Tokens of an agent without a state: each is asked of a server, once for all requests that wait for it, and kept for a while. What
 * holds while no server answers is the {@code down_policy}. Any thread may call; nothing blocks.
 */
public final class TokenCache implements TokenSource {
    private static final int MOST_TOKENS = 4096;
    /** After an attempt without an answer requests do not wait for another one so soon. */
    private static final Duration AGAIN = Duration.ofSeconds(1);
    private static final CompletableFuture<Void> NOW = CompletableFuture.completedFuture(null);

    /** What holds while servers can't be asked. (Consul agent configuration: acl.down_policy) */
    public enum Down {
        /** Everything but access control itself. */
        ALLOW("allow"),
        DENY("deny"),
        /** What was known last, however old; the default policy for a token that was never seen. */
        EXTEND_CACHE("extend-cache"),
        /** The same, and what is known but old is asked again beside the request instead of before it. */
        ASYNC_CACHE("async-cache");

        private final String word;

        Down(String word) {
            this.word = word;
        }

        /** The value of a configuration file. */
        public static Optional<Down> of(String word) {
            for (Down each : values()) {
                if (each.word.equals(word)) {
                    return Optional.of(each);
                }
            }
            return Optional.empty();
        }
    }

    /** @param life for how long an answer of a server is used: the least of {@code token_ttl}, {@code policy_ttl} and {@code role_ttl} */
    public record Rules(Duration life, Down down) {
        public static final Rules USUAL = new Rules(Duration.ofSeconds(30), Down.EXTEND_CACHE);
    }

    /**
     * What is known of a secret.
     *
     * @param caller nobody where no token has it
     * @param until when it is asked again
     * @param told whether a server said so
     */
    private record Known(Optional<Caller> caller, Optional<Instant> expires, Instant until, boolean told) {
        Known extended(Instant to) {
            return new Known(caller, expires, to, told);
        }
    }

    private final Rules rules;
    private final Grantor grantor;
    private final Caller otherwise;
    private final Function<String, CompletionStage<Optional<TokenRights>>> servers;
    private final InstantSource clock;
    private final Map<String, Known> entries = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Known> eldest) {
            return size() > MOST_TOKENS;
        }
    };
    private final Map<String, CompletableFuture<Void>> asked = new HashMap<>();

    /** @param servers asks for what a secret's token says: empty where there is none, a failure where nobody answers; must not block */
    public TokenCache(Rules rules, String datacenter, boolean allowByDefault, Function<String, CompletionStage<Optional<TokenRights>>> servers,
            InstantSource clock) {
        this.rules = rules;
        this.servers = servers;
        this.clock = clock;
        grantor = new Grantor(datacenter, allowByDefault);
        otherwise = new Caller("unknown while no server answers", switch (rules.down()) {
            case ALLOW -> Authorizer.ALLOW;
            case DENY -> Authorizer.DENY;
            case EXTEND_CACHE, ASYNC_CACHE -> allowByDefault ? Authorizer.ALLOW : Authorizer.DENY;
        });
    }

    @Override
    public Caller caller(String secret) {
        Known entry;
        synchronized (this) {
            entry = entries.get(secret);
        }
        if (entry == null) {
            return otherwise;
        }
        if (entry.expires().filter(end -> !clock.instant().isBefore(end)).isPresent()) {
            throw DeniedException.unknownToken();
        }
        return entry.caller().orElseThrow(DeniedException::unknownToken);
    }

    @Override
    public CompletionStage<Void> prepare(String secret) {
        CompletableFuture<Void> question;
        Known entry;
        boolean first;
        synchronized (this) {
            entry = entries.get(secret);
            if (entry != null && clock.instant().isBefore(entry.until())) {
                return NOW;
            }
            CompletableFuture<Void> before = asked.get(secret);
            first = before == null;
            question = first ? new CompletableFuture<>() : before;
            asked.put(secret, question);
        }
        if (first) {
            ask(secret, question);
        }
        return entry != null && entry.told() && rules.down() == Down.ASYNC_CACHE ? NOW : question.copy();
    }

    private void ask(String secret, CompletableFuture<Void> question) {
        CompletionStage<Optional<TokenRights>> answer;
        try {
            answer = servers.apply(secret);
        } catch (RuntimeException e) {
            answer = CompletableFuture.failedFuture(e);
        }
        answer.whenComplete((rights, failure) -> {
            Known entry = failure == null ? told(rights) : unanswered(secret);
            synchronized (this) {
                entries.put(secret, entry);
                asked.remove(secret);
            }
            question.complete(null);
        });
    }

    private Known told(Optional<TokenRights> rights) {
        return new Known(rights.map(grantor::caller), rights.flatMap(TokenRights::expires), clock.instant().plus(rules.life()), true);
    }

    private Known unanswered(String secret) {
        Instant again = clock.instant().plus(AGAIN);
        boolean extend = rules.down() == Down.EXTEND_CACHE || rules.down() == Down.ASYNC_CACHE;
        Known before;
        synchronized (this) {
            before = entries.get(secret);
        }
        return extend && before != null && before.told() ? before.extended(again)
                : new Known(Optional.of(otherwise), Optional.empty(), again, false);
    }
}
