package muster.hcl.function;

import static muster.hcl.function.Definitions.number;
import static muster.hcl.function.Definitions.string;
import static muster.hcl.function.Definitions.text;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.random.RandomGenerator;
import muster.hcl.FunctionException;
import muster.hcl.Value;

/** Digests, secrets and UUIDs. */
final class CryptoFunctions {
    private static final Map<String, String> NAMESPACES = Map.of(
            "dns", "6ba7b810-9dad-11d1-80b4-00c04fd430c8",
            "url", "6ba7b811-9dad-11d1-80b4-00c04fd430c8",
            "oid", "6ba7b812-9dad-11d1-80b4-00c04fd430c8",
            "x500", "6ba7b814-9dad-11d1-80b4-00c04fd430c8");

    private CryptoFunctions() {}

    static void define(Definitions d, RandomGenerator random) {
        d.values("md5", a -> hex("MD5", string(a, 0)), text("str"));
        d.values("sha1", a -> hex("SHA-1", string(a, 0)), text("str"));
        d.values("sha256", a -> hex("SHA-256", string(a, 0)), text("str"));
        d.values("sha512", a -> hex("SHA-512", string(a, 0)), text("str"));
        d.variadic("bcrypt", a -> Secrets.bcrypt(a, random), text("str"), number("cost"));
        d.values("rsadecrypt", Secrets::decrypted, text("ciphertext"), text("privatekey"));
        d.values("uuidv4", _ -> Value.string(random(random)));
        d.values("uuidv5", CryptoFunctions::named, text("namespace"), text("name"));
    }

    private static Value hex(String algorithm, String text) {
        return Value.string(HexFormat.of().formatHex(digest(algorithm).digest(text.getBytes(StandardCharsets.UTF_8))));
    }

    private static MessageDigest digest(String algorithm) {
        try {
            return MessageDigest.getInstance(algorithm);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has " + algorithm, e);
        }
    }

    private static String random(RandomGenerator random) {
        byte[] bytes = new byte[16];
        random.nextBytes(bytes);
        return uuid(bytes, 4);
    }

    /** RFC 4122, section 4.3, with SHA-1. */
    private static Value named(List<Value> a) throws FunctionException {
        UUID namespace;
        try {
            namespace = UUID.fromString(NAMESPACES.getOrDefault(string(a, 0), string(a, 0)));
        } catch (IllegalArgumentException e) {
            throw new FunctionException(
                    "uuidv5() doesn't support namespace " + string(a, 0) + " (invalid UUID length: " + string(a, 0).length() + ")");
        }
        MessageDigest digest = digest("SHA-1");
        digest.update(ByteBuffer.allocate(16)
                .putLong(namespace.getMostSignificantBits())
                .putLong(namespace.getLeastSignificantBits())
                .flip());
        return Value.string(uuid(digest.digest(string(a, 1).getBytes(StandardCharsets.UTF_8)), 5));
    }

    private static String uuid(byte[] bytes, int version) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        long high = buffer.getLong() & ~0xF000L | (long) version << 12;
        long low = buffer.getLong() & ~(3L << 62) | 1L << 63;
        return new UUID(high, low).toString();
    }
}
