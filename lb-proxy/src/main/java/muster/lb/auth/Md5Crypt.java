package muster.lb.auth;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/** The MD5 password scheme of FreeBSD and, under its own mark, of Apache's htpasswd: a thousand rounds over a salt of eight characters. */
final class Md5Crypt {
    private static final String ALPHABET = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private static final int ROUNDS = 1000;
    /** In which order the digest's bytes are written, three at a time, four characters each. */
    private static final int[][] ORDER = {{0, 6, 12}, {1, 7, 13}, {2, 8, 14}, {3, 9, 15}, {4, 10, 5}};

    private Md5Crypt() {}

    /**
     * The whole entry for a password.
     *
     * @param mark {@code $apr1$} or {@code $1$}
     */
    static String of(String password, String salt, String mark) {
        byte[] secret = password.getBytes(StandardCharsets.UTF_8);
        byte[] pinch = salt.substring(0, Math.min(8, salt.length())).getBytes(StandardCharsets.UTF_8);
        MessageDigest md5 = md5();
        md5.update(secret);
        md5.update(pinch);
        byte[] inner = md5.digest(secret);
        md5.update(secret);
        md5.update(mark.getBytes(StandardCharsets.UTF_8));
        md5.update(pinch);
        for (int left = secret.length; left > 0; left -= inner.length) {
            md5.update(inner, 0, Math.min(left, inner.length));
        }
        for (int bits = secret.length; bits > 0; bits >>= 1) {
            md5.update((bits & 1) == 1 || secret.length == 0 ? 0 : secret[0]);
        }
        byte[] digest = md5.digest();
        for (int round = 0; round < ROUNDS; round++) {
            md5.update(round % 2 == 1 ? secret : digest);
            if (round % 3 != 0) {
                md5.update(pinch);
            }
            if (round % 7 != 0) {
                md5.update(secret);
            }
            digest = md5.digest(round % 2 == 1 ? digest : secret);
        }
        return mark + new String(pinch, StandardCharsets.UTF_8) + "$" + written(digest);
    }

    private static String written(byte[] digest) {
        StringBuilder out = new StringBuilder(22);
        for (int[] three : ORDER) {
            int value = (digest[three[0]] & 255) << 16 | (digest[three[1]] & 255) << 8 | digest[three[2]] & 255;
            append(out, value, 4);
        }
        append(out, digest[11] & 255, 2);
        Arrays.fill(digest, (byte) 0);
        return out.toString();
    }

    private static void append(StringBuilder out, int value, int characters) {
        for (int i = 0; i < characters; i++) {
            out.append(ALPHABET.charAt(value >> 6 * i & 63));
        }
    }

    private static MessageDigest md5() {
        try {
            return MessageDigest.getInstance("MD5");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has MD5", e);
        }
    }
}
