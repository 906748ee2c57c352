package muster.lb.middleware;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import muster.lb.exchange.Decision;
import muster.lb.exchange.RequestHead;
import muster.lb.tree.Values;

/**
 * digestAuth (RFC 2617): a name and a hash that proves the password. Each challenge is remembered with the highest count its client used,
 * so that no proof works twice; the oldest of too many are forgotten and asked anew.
 */
final class DigestAuth implements Middleware {
    private static final int MAX_CHALLENGES = 10_000;
    private static final long LIFE_NANOS = 3_600_000_000_000L;

    private final Map<String, String> proofs = new LinkedHashMap<>();
    private final String realm;
    private final String opaque;
    private final Values options;
    private final Surroundings surroundings;
    /** Guarded by itself. */
    private final Map<String, Challenge> challenges = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Challenge> eldest) {
            return size() > MAX_CHALLENGES;
        }
    };

    private record Challenge(long madeAt, long count) {}

    /** What a client's proof comes to. */
    private enum Verdict {
        RIGHT, WRONG, STALE
    }

    DigestAuth(Values options, Surroundings surroundings) {
        this.options = options;
        this.surroundings = surroundings;
        for (String line : BasicAuth.lines(options, surroundings)) {
            String[] parts = line.strip().split(":");
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            if (parts.length != 3) {
                throw new IllegalArgumentException("error parsing Authenticator user: " + parts[0]);
            }
            proofs.put(parts[0] + ":" + parts[1], parts[2]);
        }
        if (proofs.isEmpty()) {
            throw new IllegalArgumentException("no users found");
        }
        this.realm = options.text("realm").isEmpty() ? "traefik" : options.text("realm");
        this.opaque = random();
    }

    @Override
    public Decision handle(RequestHead head, Next next) {
        Map<String, String> told = parameters(head.headers().first("Authorization").orElse(""));
        return switch (verdict(head, told)) {
            case RIGHT -> next.handle(BasicAuth.admitted(head, told.get("username"), options));
            case WRONG -> challenge("");
            case STALE -> challenge(", stale=true");
        };
    }

    private Decision challenge(String suffix) {
        String nonce = random();
        synchronized (challenges) {
            challenges.put(nonce, new Challenge(surroundings.nanos().getAsLong(), 0));
        }
        return BasicAuth.challenge("Digest realm=\"" + realm + "\", nonce=\"" + nonce + "\", opaque=\"" + opaque
                + "\", algorithm=MD5, qop=\"auth\"" + suffix);
    }

    private Verdict verdict(RequestHead head, Map<String, String> told) {
        String proof = proofs.get(told.getOrDefault("username", "") + ":" + realm);
        if (proof == null || !opaque.equals(told.get("opaque")) || !told.getOrDefault("algorithm", "MD5").equals("MD5")
                || !"auth".equals(told.get("qop")) || !told.getOrDefault("uri", "").equals(head.uri())) {
            return Verdict.WRONG;
        }
        String request = hash(head.method() + ":" + told.get("uri"));
        String expected = hash(String.join(":", proof, told.getOrDefault("nonce", ""), told.getOrDefault("nc", ""),
                told.getOrDefault("cnonce", ""), "auth", request));
        if (!MessageDigest.isEqual(expected.getBytes(StandardCharsets.US_ASCII),
                told.getOrDefault("response", "").getBytes(StandardCharsets.US_ASCII))) {
            return Verdict.WRONG;
        }
        return isFresh(told.get("nonce"), count(told.getOrDefault("nc", ""))) ? Verdict.RIGHT : Verdict.STALE;
    }

    private boolean isFresh(String nonce, Optional<Long> count) {
        synchronized (challenges) {
            Challenge challenge = challenges.get(nonce);
            boolean isFresh = challenge != null && count.isPresent() && count.get() > challenge.count()
                    && surroundings.nanos().getAsLong() - challenge.madeAt() < LIFE_NANOS;
            if (isFresh) {
                challenges.put(nonce, new Challenge(challenge.madeAt(), count.get()));
            }
            return isFresh;
        }
    }

    private static Optional<Long> count(String hex) {
        return hex.matches("[0-9a-fA-F]{1,8}") ? Optional.of(Long.parseLong(hex, 16)) : Optional.empty();
    }

    /** The parameters of {@code Digest a="b", c=d}; empty for another scheme. */
    static Map<String, String> parameters(String header) {
        Map<String, String> parameters = new LinkedHashMap<>();
        if (!header.regionMatches(true, 0, "Digest ", 0, 7)) {
            return parameters;
        }
        int at = 7;
        while (at < header.length()) {
            int equals = header.indexOf('=', at);
            if (equals < 0) {
                break;
            }
            String name = header.substring(at, equals).replace(',', ' ').strip();
            boolean isQuoted = equals + 1 < header.length() && header.charAt(equals + 1) == '"';
            int end = header.indexOf(isQuoted ? '"' : ',', equals + (isQuoted ? 2 : 1));
            end = end < 0 ? header.length() : end;
            parameters.put(name, header.substring(equals + (isQuoted ? 2 : 1), end).strip());
            at = end + 1;
        }
        return parameters;
    }

    private String random() {
        byte[] bytes = new byte[16];
        surroundings.random().nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    static String hash(String text) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has MD5", e);
        }
    }
}
