package muster.lb.auth;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.mindrot.jbcrypt.BCrypt;

/**
 * Users and their passwords' hashes as Apache's htpasswd writes them: bcrypt, apr1 and MD5-crypt, SHA, SSHA, and plain text.
 *
 * @param users hashes by name
 * @param problems of lines that were passed over; they never show a hash
 */
public record Htpasswd(Map<String, String> users, List<String> problems) {
    private static final String SHA = "{SHA}";
    private static final String SSHA = "{SSHA}";
    private static final int SHA_BYTES = 20;

    public Htpasswd {
        users = Map.copyOf(users);
        problems = List.copyOf(problems);
    }

    /** A user and a password as a client shows them. */
    public record Credentials(String user, String password) {
        /** Reads an Authorization header (RFC 7617); empty when it is none of the kind. */
        public static Optional<Credentials> basic(String header) {
            if (!header.regionMatches(true, 0, "Basic ", 0, 6)) {
                return Optional.empty();
            }
            try {
                String text = new String(Base64.getDecoder().decode(header.substring(6).strip()), StandardCharsets.UTF_8);
                int colon = text.indexOf(':');
                return colon < 0 ? Optional.empty() : Optional.of(new Credentials(text.substring(0, colon), text.substring(colon + 1)));
            } catch (IllegalArgumentException e) {
                return Optional.empty();
            }
        }

        @Override
        public String toString() {
            return "Credentials[user=" + user + "]";
        }
    }

    /** Reads a file's text: a user a line, blank lines and {@code #} comments between. */
    public static Htpasswd parse(String text) {
        Map<String, String> users = new LinkedHashMap<>();
        List<String> problems = new ArrayList<>();
        int number = 0;
        for (String line : text.split("\n", -1)) {
            number++;
            String trimmed = line.strip();
            if (trimmed.isEmpty() || trimmed.startsWith("#")) {
                continue;
            }
            int colon = trimmed.indexOf(':');
            Optional<String> problem = colon < 1 ? Optional.of("it is not USER:HASH") : problem(trimmed.substring(colon + 1));
            if (problem.isPresent()) {
                problems.add("line " + number + ": " + problem.get());
            } else {
                users.put(trimmed.substring(0, colon), trimmed.substring(colon + 1));
            }
        }
        return new Htpasswd(users, problems);
    }

    /** Whether there is the user and the password is right. Costs what the user's hash asks for, a tenth of a second perhaps. */
    public boolean admits(Credentials credentials) {
        String hash = users.get(credentials.user());
        return hash != null && matches(credentials.password(), hash);
    }

    /** Whether a password has the hash. */
    public static boolean matches(String password, String hash) {
        if (hash.startsWith("$2")) {
            return matchesBcrypt(password, hash);
        }
        if (hash.startsWith("$apr1$") || hash.startsWith("$1$")) {
            String mark = hash.substring(0, hash.indexOf('$', 1) + 1);
            int end = hash.indexOf('$', mark.length());
            return end >= 0 && isSame(Md5Crypt.of(password, hash.substring(mark.length(), end), mark), hash);
        }
        if (hash.startsWith(SHA)) {
            return isSame(SHA + Base64.getEncoder().encodeToString(sha1(password, new byte[0])), hash);
        }
        if (hash.startsWith(SSHA)) {
            return matchesSalted(password, hash.substring(SSHA.length()));
        }
        return isSame(password, hash);
    }

    private static boolean matchesBcrypt(String password, String hash) {
        try {
            // The forms 2b, 2x and 2y differ from 2a in how old faults are told apart, not in what they compute.
            return BCrypt.checkpw(password, "$2a$" + hash.substring(hash.indexOf('$', 1) + 1));
        } catch (IllegalArgumentException | StringIndexOutOfBoundsException e) {
            return false;
        }
    }

    private static boolean matchesSalted(String password, String base64) {
        try {
            byte[] whole = Base64.getDecoder().decode(base64);
            return whole.length > SHA_BYTES && MessageDigest.isEqual(Arrays.copyOf(whole, SHA_BYTES),
                    sha1(password, Arrays.copyOfRange(whole, SHA_BYTES, whole.length)));
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** What makes a hash unusable; empty when it can be checked. */
    private static Optional<String> problem(String hash) {
        if (hash.startsWith("$")) {
            boolean isKnown = hash.matches("\\$2[abxy]\\$[0-9]{2}\\$[./A-Za-z0-9]{53}") || hash.matches("\\$(apr1|1)\\$[^$]{0,8}\\$[./A-Za-z0-9]{22}");
            return isKnown ? Optional.empty() : Optional.of("its hash is of none of the kinds bcrypt, apr1, MD5-crypt");
        }
        if (hash.startsWith("{")) {
            return hash.startsWith(SHA) || hash.startsWith(SSHA)
                    ? Optional.empty()
                    : Optional.of("its hash is of none of the kinds {SHA}, {SSHA}");
        }
        return hash.isEmpty() ? Optional.of("it has no hash") : Optional.empty();
    }

    private static boolean isSame(String a, String b) {
        return MessageDigest.isEqual(a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] sha1(String password, byte[] salt) {
        try {
            MessageDigest sha = MessageDigest.getInstance("SHA-1");
            sha.update(password.getBytes(StandardCharsets.UTF_8));
            return sha.digest(salt);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-1", e);
        }
    }
}
