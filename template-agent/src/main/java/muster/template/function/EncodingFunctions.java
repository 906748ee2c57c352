package muster.template.function;

import static muster.template.language.Type.Basic.ANY;
import static muster.template.language.Type.Basic.STRING;

import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import muster.template.language.Function;
import muster.template.language.FunctionException;
import muster.template.language.GoText;
import muster.template.language.Value;
import muster.wire.Json;
import muster.wire.JsonException;

/** JSON, YAML, TOML, base64 and digests. */
final class EncodingFunctions {
    static final String STANDARD = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    private static final Pattern BAD_CHARACTER = Pattern.compile("^(?:Unrecognized token '|Unexpected character \\('?)(.)");
    private static final String URL = STANDARD.replace("+/", "-_");

    static final List<Function> LIST = List.of(
            Function.of("parseJSON", List.of(STRING), a -> parseJson(a.text(0))),
            Function.of("toJSON", List.of(ANY), a -> Value.text(JsonWriter.write(a.get(0), true, ""))),
            Function.of("toJSONPretty", List.of(ANY), a -> Value.text(JsonWriter.write(a.get(0), true, "  "))),
            Function.of("toUnescapedJSON", List.of(ANY), a -> Value.text(JsonWriter.write(a.get(0), false, ""))),
            Function.of("toUnescapedJSONPretty", List.of(ANY), a -> Value.text(JsonWriter.write(a.get(0), false, "  "))),
            Function.of("parseYAML", List.of(STRING), a -> YamlReader.read(a.text(0))),
            Function.of("toYAML", List.of(ANY), a -> Value.text(YamlWriter.write(a.get(0)))),
            Function.of("toTOML", List.of(ANY), a -> Value.text(TomlWriter.write(a.get(0)))),
            Function.of("base64Encode", List.of(STRING),
                    a -> Value.text(Base64.getEncoder().encodeToString(GoText.bytes(a.text(0))))),
            Function.of("base64Decode", List.of(STRING), a -> Value.text(decode(a.text(0), STANDARD))),
            Function.of("base64URLEncode", List.of(STRING),
                    a -> Value.text(Base64.getUrlEncoder().encodeToString(GoText.bytes(a.text(0))))),
            Function.of("base64URLDecode", List.of(STRING), a -> Value.text(decode(a.text(0), URL))),
            Function.of("md5sum", List.of(STRING), a -> Value.text(digest("MD5", a.text(0)))),
            Function.of("sha256Hex", List.of(STRING), a -> Value.text(digest("SHA-256", a.text(0)))),
            Function.of("hmacSHA256Hex", List.of(STRING, STRING), a -> Value.text(hmac(a.text(0), a.text(1)))));

    private EncodingFunctions() {}

    static Value parseJson(String text) {
        if (text.isEmpty()) {
            return Value.map(Map.of());
        }
        try {
            return finite(Value.ofJson(Json.parse(text)));
        } catch (JsonException e) {
            throw new FunctionException(goText(e.getMessage()));
        }
    }

    /** The parser's words for the commonest mistakes, in Go's. */
    private static String goText(String message) {
        Matcher bad = BAD_CHARACTER.matcher(message);
        if (bad.find()) {
            return "invalid character '" + bad.group(1) + "' in JSON: " + message;
        }
        return message.startsWith("Unexpected end-of-input") ? "unexpected end of JSON input" : message;
    }

    private static Value finite(Value value) {
        switch (value) {
            case Value.Real number when Double.isInfinite(number.value()) ->
                throw new FunctionException("json: cannot unmarshal number into Go value of type float64");
            case Value.ListValue list -> list.items().forEach(EncodingFunctions::finite);
            case Value.MapValue map -> map.entries().values().forEach(EncodingFunctions::finite);
            default -> { }
        }
        return value;
    }

    static String decode(String text, String alphabet) {
        return GoText.of(decodedBytes(text, alphabet));
    }

    /** Padding is required and line breaks are skipped, as in Go. */
    static byte[] decodedBytes(String text, String alphabet) {
        String data = text.replace("\r", "").replace("\n", "");
        int end = data.length();
        int padding = data.endsWith("==") ? 2 : data.endsWith("=") ? 1 : 0;
        for (int i = 0; i < end - padding; i++) {
            if (alphabet.indexOf(data.charAt(i)) < 0) {
                throw illegal(i);
            }
        }
        if (end % 4 != 0) {
            throw illegal(end - end % 4 + (padding > 0 ? end % 4 - padding : 0));
        }
        try {
            Base64.Decoder decoder = alphabet.equals(URL) ? Base64.getUrlDecoder() : Base64.getDecoder();
            return decoder.decode(data);
        } catch (IllegalArgumentException e) {
            throw illegal(Math.max(0, end - 4));
        }
    }

    private static FunctionException illegal(int position) {
        return new FunctionException("illegal base64 data at input byte " + position);
    }

    static String digest(String algorithm, String text) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance(algorithm).digest(GoText.bytes(text)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has " + algorithm, e);
        }
    }

    private static String hmac(String message, String key) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            byte[] bytes = GoText.bytes(key);
            mac.init(new SecretKeySpec(bytes.length == 0 ? new byte[1] : bytes, "HmacSHA256"));
            return HexFormat.of().formatHex(mac.doFinal(GoText.bytes(message)));
        } catch (NoSuchAlgorithmException | InvalidKeyException e) {
            throw new IllegalStateException("every Java has HmacSHA256", e);
        }
    }
}
