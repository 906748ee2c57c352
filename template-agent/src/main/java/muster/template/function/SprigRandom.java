package muster.template.function;

import static muster.template.language.Type.Basic.INT;
import static muster.template.language.Type.Basic.STRING;

import java.security.SecureRandom;
import java.util.List;
import muster.template.language.Function;
import muster.template.language.FunctionException;
import muster.template.language.GoText;
import muster.template.language.Value;
import org.bouncycastle.crypto.generators.OpenBSDBCrypt;

/** Sprig's functions that give another value each time: random numbers and letters, salted hashes and ciphers. */
final class SprigRandom {
    private static final int BCRYPT_COST = 10;
    private static final int BCRYPT_SALT_BYTES = 16;
    private static final int BCRYPT_LONGEST = 72;

    private SprigRandom() {}

    static List<Function> list(Context context) {
        return List.of(
                Function.of("sprig_randInt", List.of(INT, INT),
                        a -> Value.integer(between(a.integer(0), a.integer(1), context.random()))),
                Function.of("sprig_shuffle", List.of(STRING), a -> Value.text(shuffled(a.text(0), context.random()))),
                Function.of("sprig_bcrypt", List.of(STRING), a -> Value.text(bcrypt(a.text(0), context.random()))),
                Function.of("sprig_htpasswd", List.of(STRING, STRING),
                        a -> Value.text(htpasswd(a.text(0), a.text(1), context.random()))),
                Function.of("sprig_encryptAES", List.of(STRING, STRING),
                        a -> Value.text(SprigCrypto.encrypted(a.text(0), a.text(1), context.random()))));
    }

    /** At least the first, less than the second. */
    private static long between(long least, long beyond, SecureRandom random) {
        if (beyond - least <= 0) {
            throw new FunctionException("invalid argument to Intn");
        }
        return least + random.nextLong(beyond - least);
    }

    private static String shuffled(String text, SecureRandom random) {
        int[] letters = text.codePoints().toArray();
        for (int i = letters.length - 1; i > 0; i--) {
            int other = random.nextInt(i + 1);
            int letter = letters[i];
            letters[i] = letters[other];
            letters[other] = letter;
        }
        return new String(letters, 0, letters.length);
    }

    /** Sprig gives the error's text as the result. */
    private static String bcrypt(String password, SecureRandom random) {
        byte[] bytes = GoText.bytes(password);
        if (bytes.length > BCRYPT_LONGEST) {
            return "failed to encrypt string with bcrypt: bcrypt: password length exceeds " + BCRYPT_LONGEST + " bytes";
        }
        byte[] salt = new byte[BCRYPT_SALT_BYTES];
        random.nextBytes(salt);
        return OpenBSDBCrypt.generate("2a", bytes, salt, BCRYPT_COST);
    }

    private static String htpasswd(String user, String password, SecureRandom random) {
        return user.contains(":") ? "invalid username: " + user : user + ":" + bcrypt(password, random);
    }
}
