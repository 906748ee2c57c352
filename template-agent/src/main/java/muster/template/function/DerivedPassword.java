package muster.template.function;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import muster.template.language.GoText;
import org.bouncycastle.crypto.generators.SCrypt;

/**
 * The password that a person has at a site, derived from a master password by the Master Password algorithm: a key by scrypt, a seed by
 * HMAC-SHA256, and the seed's bytes choose a pattern and the letters for it. The same arguments always give the same password.
 */
final class DerivedPassword {
    private static final String SCOPE = "com.lyndir.masterpassword";
    private static final int COST = 32_768;
    private static final int BLOCK_SIZE = 8;
    private static final int PARALLEL = 2;
    private static final int KEY_BYTES = 64;

    private static final Map<String, List<String>> PATTERNS = Map.of(
            "maximum", List.of("anoxxxxxxxxxxxxxxxxx", "axxxxxxxxxxxxxxxxxno"),
            "long", List.of("CvcvnoCvcvCvcv", "CvcvCvcvnoCvcv", "CvcvCvcvCvcvno", "CvccnoCvcvCvcv", "CvccCvcvnoCvcv", "CvccCvcvCvcvno",
                    "CvcvnoCvccCvcv", "CvcvCvccnoCvcv", "CvcvCvccCvcvno", "CvcvnoCvcvCvcc", "CvcvCvcvnoCvcc", "CvcvCvcvCvccno",
                    "CvccnoCvccCvcv", "CvccCvccnoCvcv", "CvccCvccCvcvno", "CvcvnoCvccCvcc", "CvcvCvccnoCvcc", "CvcvCvccCvccno",
                    "CvccnoCvcvCvcc", "CvccCvcvnoCvcc", "CvccCvcvCvccno"),
            "medium", List.of("CvcnoCvc", "CvcCvcno"),
            "short", List.of("Cvcn"),
            "basic", List.of("aaanaaan", "aannaaan", "aaannaaa"),
            "pin", List.of("nnnn"));
    private static final Map<Character, String> LETTERS = Map.of(
            'V', "AEIOU",
            'C', "BCDFGHJKLMNPQRSTVWXYZ",
            'v', "aeiou",
            'c', "bcdfghjklmnpqrstvwxyz",
            'a', "AEIOUaeiouBCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz",
            'n', "0123456789",
            'o', "@&%?,=[]_:-+*$#!'^~;()/.",
            'x', "AEIOUaeiouBCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz0123456789!@#$%^&*()");

    private DerivedPassword() {}

    /** The error's text is the result for a type that there is not, as sprig gives it. @param counter unsigned */
    static String of(int counter, String type, String password, String user, String site) {
        List<String> patterns = PATTERNS.get(type);
        if (patterns == null) {
            return "cannot find password template " + type;
        }
        byte[] key = SCrypt.generate(GoText.bytes(password), scoped(user, new byte[0]), COST, BLOCK_SIZE, PARALLEL, KEY_BYTES);
        byte[] seed = hmac(key, scoped(site, ByteBuffer.allocate(4).putInt(counter).array()));
        String pattern = patterns.get((seed[0] & 0xff) % patterns.size());
        StringBuilder result = new StringBuilder(pattern.length());
        for (int i = 0; i < pattern.length(); i++) {
            String letters = LETTERS.get(pattern.charAt(i));
            result.append(letters.charAt((seed[i + 1] & 0xff) % letters.length()));
        }
        return result.toString();
    }

    private static byte[] scoped(String name, byte[] rest) {
        byte[] bytes = GoText.bytes(name);
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(SCOPE.getBytes(StandardCharsets.US_ASCII));
        all.writeBytes(ByteBuffer.allocate(4).putInt(bytes.length).array());
        all.writeBytes(bytes);
        all.writeBytes(rest);
        return all.toByteArray();
    }

    private static byte[] hmac(byte[] key, byte[] text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(text);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has HmacSHA256", e);
        }
    }
}
