package muster.scheduler.artifact;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Signs requests for objects of s3. Pure. (AWS docs: "Authenticating Requests: Using the Authorization Header", signature version 4)
 *
 * @param token of keys that are lent for a time, "" for none
 */
record S3Signature(String key, String secret, String token, String region) {
    private static final Pattern REGION = Pattern.compile("(?:^|\\.)s3[.-]([a-z]{2}(?:-[a-z]+)+-\\d)\\.amazonaws\\.com(?:\\.cn)?$");
    private static final DateTimeFormatter DAY = DateTimeFormatter.ofPattern("yyyyMMdd").withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);
    private static final String ALGORITHM = "AWS4-HMAC-SHA256";

    /** With the keys of the source's options, else those of the environment; empty where there are none, for what is public. */
    static Optional<S3Signature> of(Source.Store source, Map<String, String> environment) {
        Map<String, String> options = source.common().options();
        String region = options.getOrDefault("region", regionOf(source.uri().getHost())
                .orElse(environment.getOrDefault("AWS_REGION", environment.getOrDefault("AWS_DEFAULT_REGION", "us-east-1"))));
        boolean own = options.containsKey("aws_access_key_id") || options.containsKey("aws_access_key_secret");
        String key = own ? options.getOrDefault("aws_access_key_id", "") : environment.getOrDefault("AWS_ACCESS_KEY_ID", "");
        String secret = own ? options.getOrDefault("aws_access_key_secret", "") : environment.getOrDefault("AWS_SECRET_ACCESS_KEY", "");
        String token = own ? options.getOrDefault("aws_access_token", "") : environment.getOrDefault("AWS_SESSION_TOKEN", "");
        if (own && (key.isEmpty() || secret.isEmpty())) {
            throw new IllegalArgumentException("aws_access_key_id and aws_access_key_secret are needed together");
        }
        return key.isEmpty() || secret.isEmpty() ? Optional.empty() : Optional.of(new S3Signature(key, secret, token, region));
    }

    /** The region that a host of Amazon's names. */
    static Optional<String> regionOf(String host) {
        Matcher matcher = REGION.matcher(host.toLowerCase(Locale.ROOT));
        return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
    }

    /** What goes with a GET of the address at this time, besides {@code Host}. */
    Map<String, String> headers(URI uri, Instant now) {
        String time = TIME.format(now);
        String empty = hex(sha256(""));
        Map<String, String> signed = new TreeMap<>(Map.of("host", uri.getAuthority(), "x-amz-content-sha256", empty, "x-amz-date", time));
        if (!token.isEmpty()) {
            signed.put("x-amz-security-token", token);
        }
        String names = String.join(";", signed.keySet());
        String canonical = "GET\n" + path(uri) + "\n" + query(uri) + "\n"
                + signed.entrySet().stream().map(header -> header.getKey() + ":" + header.getValue() + "\n").collect(Collectors.joining())
                + "\n" + names + "\n" + empty;
        String scope = DAY.format(now) + "/" + region + "/s3/aws4_request";
        byte[] sealing = ("AWS4" + secret).getBytes(StandardCharsets.UTF_8);
        for (String part : scope.split("/")) {
            sealing = hmac(sealing, part);
        }
        String signature = hex(hmac(sealing, ALGORITHM + "\n" + time + "\n" + scope + "\n" + hex(sha256(canonical))));
        Map<String, String> headers = new TreeMap<>(signed);
        headers.remove("host");
        headers.put("Authorization", ALGORITHM + " Credential=" + key + "/" + scope + ",SignedHeaders=" + names + ",Signature=" + signature);
        return headers;
    }

    private static String path(URI uri) {
        String path = uri.getPath() == null || uri.getPath().isEmpty() ? "/" : uri.getPath();
        return Arrays.stream(path.split("/", -1)).map(S3Signature::encoded).collect(Collectors.joining("/"));
    }

    private static String query(URI uri) {
        if (uri.getQuery() == null) {
            return "";
        }
        return Arrays.stream(uri.getQuery().split("&")).map(pair -> {
            int equals = pair.indexOf('=');
            return encoded(equals < 0 ? pair : pair.substring(0, equals)) + "=" + encoded(equals < 0 ? "" : pair.substring(equals + 1));
        }).sorted().collect(Collectors.joining("&"));
    }

    /** All but what RFC 3986 calls unreserved, byte by byte. */
    private static String encoded(String text) {
        StringBuilder out = new StringBuilder();
        for (byte each : text.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (each & 0xff);
            boolean plain = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || "-._~".indexOf(c) >= 0;
            out.append(plain ? String.valueOf(c) : "%%%02X".formatted((int) c));
        }
        return out.toString();
    }

    private static byte[] hmac(byte[] key, String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    @Override
    public String toString() {
        return "S3Signature[region=" + region + "]";
    }
}
