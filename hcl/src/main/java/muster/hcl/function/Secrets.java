package muster.hcl.function;

import static muster.hcl.function.Definitions.string;
import static muster.hcl.function.Definitions.whole;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.RSAPrivateKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Cipher;
import muster.hcl.FunctionException;
import muster.hcl.Value;
import org.mindrot.jbcrypt.BCrypt;

/** Hashes of passwords, and texts that were encrypted for a key. */
final class Secrets {
    private static final int USUAL_COST = 10;
    private static final int LEAST_COST = 4;
    private static final int HIGHEST_COST = 31;
    /** Each one more doubles the time: a server that reads a job file must not be kept busy for hours by it. */
    private static final int BEARABLE_COST = 16;
    private static final int SALT = 16;
    private static final String BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    private static final String BCRYPT64 = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    private static final Pattern PEM = Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----\\s+(.*?)-----END \\1-----", Pattern.DOTALL);
    private static final Pattern HEADER = Pattern.compile("(?m)^[A-Za-z0-9-]+:.*$");
    private static final int DER_SEQUENCE = 0x30;
    private static final int DER_INTEGER = 0x02;

    private Secrets() {}

    /** A new hash each time, as the salt is. */
    static Value bcrypt(List<Value> a, RandomGenerator random) throws FunctionException {
        if (a.size() > 2) {
            throw new FunctionException("bcrypt() takes no more than two arguments");
        }
        int asked = a.size() < 2 ? USUAL_COST : whole(a, 1);
        if (asked > HIGHEST_COST) {
            throw new FunctionException("error occured generating password crypto/bcrypt: cost " + asked + " is outside allowed range ("
                    + LEAST_COST + "," + HIGHEST_COST + ")");
        }
        if (asked > BEARABLE_COST) {
            throw new FunctionException("bcrypt() takes a cost of at most " + BEARABLE_COST + ": with " + asked + " it would take minutes");
        }
        byte[] salt = new byte[SALT];
        random.nextBytes(salt);
        StringBuilder settings = new StringBuilder(String.format("$2a$%02d$", asked < LEAST_COST ? USUAL_COST : asked));
        for (char c : Base64.getEncoder().withoutPadding().encodeToString(salt).toCharArray()) {
            settings.append(BCRYPT64.charAt(BASE64.indexOf(c)));
        }
        return Value.string(BCrypt.hashpw(string(a, 0), settings.toString()));
    }

    /** What was encrypted by PKCS #1 v1.5 for the key, which is in the form of PKCS #1. */
    static Value decrypted(List<Value> a) throws FunctionException {
        byte[] secret;
        try {
            secret = Base64.getDecoder().decode(string(a, 0).replaceAll("[\r\n]", ""));
        } catch (IllegalArgumentException e) {
            throw new FunctionException("failed to decode input \"" + string(a, 0) + "\": cipher text must be base64-encoded");
        }
        PrivateKey key = key(string(a, 1));
        try {
            Cipher cipher = Cipher.getInstance("RSA/ECB/PKCS1Padding");
            cipher.init(Cipher.DECRYPT_MODE, key);
            return Value.string(StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(cipher.doFinal(secret))).toString());
        } catch (GeneralSecurityException e) {
            throw new FunctionException("crypto/rsa: decryption error");
        } catch (CharacterCodingException e) {
            throw new FunctionException("what was encrypted is not valid UTF-8");
        }
    }

    private static PrivateKey key(String text) throws FunctionException {
        Matcher pem = PEM.matcher(text);
        if (!pem.find()) {
            throw new FunctionException("failed to parse key: no key found");
        }
        if (pem.group(2).contains("Proc-Type: 4,ENCRYPTED")) {
            throw new FunctionException(
                    "failed to parse key: password protected keys are not supported. Please decrypt the key prior to use");
        }
        try {
            byte[] der = Base64.getMimeDecoder().decode(HEADER.matcher(pem.group(2)).replaceAll(""));
            BigInteger[] numbers = numbers(ByteBuffer.wrap(der));
            return KeyFactory.getInstance("RSA").generatePrivate(new RSAPrivateKeySpec(numbers[1], numbers[3]));
        } catch (GeneralSecurityException | RuntimeException e) {
            throw new FunctionException("failed to parse key: it has to be an RSA key in the form of PKCS #1");
        }
    }

    /** Version, modulus, public and private exponent of RFC 8017, A.1.2; fails with any runtime exception for what is none. */
    private static BigInteger[] numbers(ByteBuffer der) {
        require(der.get() == DER_SEQUENCE);
        length(der);
        BigInteger[] numbers = new BigInteger[4];
        for (int i = 0; i < numbers.length; i++) {
            require(der.get() == DER_INTEGER);
            byte[] number = new byte[length(der)];
            der.get(number);
            numbers[i] = new BigInteger(number);
        }
        return numbers;
    }

    private static int length(ByteBuffer der) {
        int first = der.get() & 0xff;
        int length = first;
        if (first >= 0x80) {
            length = 0;
            for (int i = 0; i < (first & 0x7f); i++) {
                length = length << 8 | der.get() & 0xff;
            }
        }
        require(length >= 0 && length <= der.remaining());
        return length;
    }

    private static void require(boolean holds) {
        if (!holds) {
            throw new IllegalArgumentException("no such key");
        }
    }
}
