package muster.template.function;

import static muster.template.language.Type.Basic.INT;
import static muster.template.language.Type.Basic.STRING;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.regex.Pattern;
import muster.template.language.Arguments;
import muster.template.language.Function;
import muster.template.language.FunctionException;
import muster.template.language.GoText;
import muster.template.language.Type;
import muster.template.language.Value;
import org.bouncycastle.cert.X509CertificateHolder;

/** Sprig's private keys and certificates. A certificate is a struct of two texts in PEM: {@code .Cert} and {@code .Key}. */
final class SprigCertificates {
    private static final Type CERTIFICATE = new Type.Named("sprig.certificate");
    private static final Type LIST = Type.ListOf.ANYTHING;
    private static final int KEY_BITS = 4096;
    private static final int CERTIFICATE_KEY_BITS = 2048;
    private static final Pattern DOTTED = Pattern.compile("(?:0|[1-9]\\d{0,2})(?:\\.(?:0|[1-9]\\d{0,2})){3}");
    private static final Pattern COLONS = Pattern.compile("[0-9a-fA-F:.]*:[0-9a-fA-F:.]*");

    private SprigCertificates() {}

    static List<Function> list(Context context) {
        return List.of(
                Function.of("sprig_genPrivateKey", List.of(STRING), a -> Value.text(newKey(context, a.text(0)))),
                Function.of("sprig_buildCustomCert", List.of(STRING, STRING), a -> given(a.text(0), a.text(1))),
                Function.of("sprig_genCA", List.of(STRING, INT), a -> authority(context, a, newKey(context))),
                Function.of("sprig_genCAWithKey", List.of(STRING, INT, STRING), a -> authority(context, a, key(a.text(2)))),
                Function.of("sprig_genSelfSignedCert", List.of(STRING, LIST, LIST, INT), a -> selfSigned(context, a, newKey(context))),
                Function.of("sprig_genSelfSignedCertWithKey", List.of(STRING, LIST, LIST, INT, STRING),
                        a -> selfSigned(context, a, key(a.text(4)))),
                Function.of("sprig_genSignedCert", List.of(STRING, LIST, LIST, INT, CERTIFICATE), a -> signed(context, a, newKey(context))),
                Function.of("sprig_genSignedCertWithKey", List.of(STRING, LIST, LIST, INT, CERTIFICATE, STRING),
                        a -> signed(context, a, key(a.text(5)))));
    }

    /** Sprig gives the error's text as the result. */
    private static String newKey(Context context, String type) {
        return switch (type) {
            case "", "rsa" -> PemKey.newRsa(KEY_BITS, context.random()).write();
            case "dsa" -> PemKey.newDsa(context.random()).write();
            case "ecdsa" -> PemKey.newEcdsa(context.random()).write();
            case "ed25519" -> PemKey.newEd25519(context.random()).write();
            default -> "Unknown type " + type;
        };
    }

    private static PemKey newKey(Context context) {
        return PemKey.newRsa(CERTIFICATE_KEY_BITS, context.random());
    }

    private static PemKey key(String pem) {
        try {
            return PemKey.read(pem);
        } catch (FunctionException e) {
            throw new FunctionException("parsing private key: " + e.getMessage());
        }
    }

    private static Value authority(Context context, Arguments arguments, PemKey key) {
        X509Maker.Subject subject = new X509Maker.Subject(arguments.text(0), List.of(), List.of(), arguments.integer(1), true);
        return certificate(maker(context).selfSigned(subject, key), key.write());
    }

    private static Value selfSigned(Context context, Arguments arguments, PemKey key) {
        return certificate(maker(context).selfSigned(subject(arguments), key), key.write());
    }

    private static Value signed(Context context, Arguments arguments, PemKey key) {
        Value.Struct authority = (Value.Struct) arguments.get(4);
        X509CertificateHolder by = X509Maker.read(text(authority, "Cert"), "decodedSignerCert.Bytes");
        PemKey byKey = parsed(text(authority, "Key"));
        return certificate(maker(context).signed(subject(arguments), key, by, byKey), key.write());
    }

    private static String text(Value.Struct certificate, String field) {
        return certificate.fields().get(field) instanceof Value.Text text ? text.value() : "";
    }

    private static PemKey parsed(String pem) {
        try {
            return PemKey.read(pem);
        } catch (FunctionException e) {
            throw new FunctionException("error parsing private key: " + e.getMessage());
        }
    }

    private static X509Maker maker(Context context) {
        return new X509Maker(context.random(), context.now());
    }

    /** From the name, addresses, further names and days that all begin with. */
    private static X509Maker.Subject subject(Arguments arguments) {
        List<InetAddress> addresses = new ArrayList<>();
        for (Value value : arguments.list(1)) {
            addresses.add(address(word(value, "error parsing ip")));
        }
        List<String> names = arguments.list(2).stream().map(value -> word(value, "error processing alternate dns name")).toList();
        return new X509Maker.Subject(arguments.text(0), addresses, names, arguments.integer(3), false);
    }

    private static String word(Value value, String error) {
        if (value instanceof Value.Text text) {
            return text.value();
        }
        throw new FunctionException(error + ": " + Value.printed(value) + " is not a string");
    }

    private static InetAddress address(String text) {
        if (DOTTED.matcher(text).matches() || COLONS.matcher(text).matches()) {
            try {
                return InetAddress.ofLiteral(text);
            } catch (IllegalArgumentException e) {
                throw new FunctionException("error parsing ip: " + text);
            }
        }
        throw new FunctionException("error parsing ip: " + text);
    }

    /** A certificate and its key that were made elsewhere, in base64 of PEM. */
    private static Value given(String certificate, String key) {
        String certificateText = decoded(certificate, "certificate");
        String keyText = decoded(key, "private key");
        X509Maker.read(certificateText, "decodedCert.Bytes");
        parsed(keyText);
        return certificate(certificateText, keyText);
    }

    private static String decoded(String text, String what) {
        try {
            return GoText.of(EncodingFunctions.decodedBytes(text, EncodingFunctions.STANDARD));
        } catch (FunctionException e) {
            throw new FunctionException("unable to decode base64 " + what);
        }
    }

    private static Value certificate(String certificate, String key) {
        SequencedMap<String, Value> fields = new LinkedHashMap<>();
        fields.put("Cert", Value.text(certificate));
        fields.put("Key", Value.text(key));
        return new Value.Struct("sprig.certificate", fields);
    }
}
