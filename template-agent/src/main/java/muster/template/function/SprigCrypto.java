package muster.template.function;

import static muster.template.language.Type.Basic.STRING;
import static muster.template.language.Type.Basic.UINT32;

import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import muster.template.language.Function;
import muster.template.language.FunctionException;
import muster.template.language.GoText;
import muster.template.language.Value;

/**
 * Sprig's cipher and the passwords that are derived from one. The cipher is AES-256 in CBC mode; the key is the password's first 32
 * bytes, filled up with zeros; the text is base64 of the vector and the blocks, padded as in PKCS #7.
 */
final class SprigCrypto {
    private static final int KEY_BYTES = 32;
    private static final int BLOCK = 16;

    static final List<Function> LIST = List.of(
            Function.of("sprig_decryptAES", List.of(STRING, STRING), a -> Value.text(decrypted(a.text(0), a.text(1)))),
            Function.of("sprig_derivePassword", List.of(UINT32, STRING, STRING, STRING, STRING), a -> Value.text(
                    DerivedPassword.of((int) a.integer(0), a.text(1), a.text(2), a.text(3), a.text(4)))));

    private SprigCrypto() {}

    static String encrypted(String password, String text, SecureRandom random) {
        if (text.isEmpty()) {
            return "";
        }
        byte[] vector = new byte[BLOCK];
        random.nextBytes(vector);
        byte[] plain = GoText.bytes(text);
        int padding = BLOCK - plain.length % BLOCK;
        byte[] padded = Arrays.copyOf(plain, plain.length + padding);
        Arrays.fill(padded, plain.length, padded.length, (byte) padding);
        byte[] blocks = cipher(Cipher.ENCRYPT_MODE, password, vector, padded);
        byte[] all = Arrays.copyOf(vector, BLOCK + blocks.length);
        System.arraycopy(blocks, 0, all, BLOCK, blocks.length);
        return Base64.getEncoder().encodeToString(all);
    }

    /** The padding's length alone is believed, as sprig does: a wrong password gives an error or garbage. The errors' texts are Go's. */
    private static String decrypted(String password, String text) {
        if (text.isEmpty()) {
            return "";
        }
        byte[] bytes = EncodingFunctions.decodedBytes(text, EncodingFunctions.STANDARD);
        if (bytes.length < BLOCK) {
            throw new FunctionException("runtime error: slice bounds out of range [:" + BLOCK + "] with capacity "
                    + text.replaceAll("[\r\n]", "").length() / 4 * 3);
        }
        if (bytes.length % BLOCK != 0) {
            throw new FunctionException("crypto/cipher: input not full blocks");
        }
        if (bytes.length == BLOCK) {
            throw new FunctionException("runtime error: index out of range [-1]");
        }
        byte[] plain = cipher(Cipher.DECRYPT_MODE, password, Arrays.copyOf(bytes, BLOCK), Arrays.copyOfRange(bytes, BLOCK, bytes.length));
        int length = plain.length - (plain[plain.length - 1] & 0xff);
        if (length < 0) {
            throw new FunctionException("runtime error: slice bounds out of range [:" + length + "]");
        }
        return GoText.of(Arrays.copyOf(plain, length));
    }

    private static byte[] cipher(int mode, String password, byte[] vector, byte[] blocks) {
        try {
            byte[] key = Arrays.copyOf(GoText.bytes(password), KEY_BYTES);
            Cipher cipher = Cipher.getInstance("AES/CBC/NoPadding");
            cipher.init(mode, new SecretKeySpec(key, "AES"), new IvParameterSpec(vector));
            return cipher.doFinal(blocks);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has AES in CBC mode", e);
        }
    }
}
