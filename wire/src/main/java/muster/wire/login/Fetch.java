package muster.wire.login;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import muster.wire.Json;
import muster.wire.JsonException;

/** Asks another server for JSON, with a limit on time and size. Blocks the calling thread. */
public final class Fetch {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final int MAX_BYTES = 1 << 20;

    private Fetch() {}

    /**
     * The object at a URL; throws {@link LoginException} where there is none within ten seconds and a mebibyte.
     *
     * @param authority PEM certificates to trust; "" trusts what the machine does
     */
    public static Map<?, ?> get(String url, String authority) throws InterruptedException {
        return send(HttpRequest.newBuilder(uri(url)).GET(), authority);
    }

    /** The answer to an object that is sent with a bearer token; fails as {@link #get}. */
    public static Map<?, ?> post(String url, String authority, String bearer, Object body) throws InterruptedException {
        return send(HttpRequest.newBuilder(uri(url)).header("Authorization", "Bearer " + bearer)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofByteArray(Json.write(body))), authority);
    }

    private static URI uri(String url) {
        try {
            URI uri = URI.create(url);
            if (uri.getHost() != null && ("https".equals(uri.getScheme()) || "http".equals(uri.getScheme()))) {
                return uri;
            }
        } catch (IllegalArgumentException e) {
            throw new LoginException("\"" + url + "\" is no URL", e);
        }
        throw new LoginException("\"" + url + "\" is no http or https URL with a host");
    }

    private static Map<?, ?> send(HttpRequest.Builder request, String authority) throws InterruptedException {
        HttpRequest built = request.timeout(TIMEOUT).header("Accept", "application/json").build();
        String where = built.uri().getScheme() + "://" + built.uri().getAuthority();
        HttpClient.Builder client = HttpClient.newBuilder().connectTimeout(TIMEOUT).followRedirects(HttpClient.Redirect.NEVER);
        if (!authority.isEmpty()) {
            client.sslContext(trusting(authority));
        }
        try (HttpClient http = client.build()) {
            HttpResponse<InputStream> response = http.send(built, HttpResponse.BodyHandlers.ofInputStream());
            byte[] body;
            try (InputStream in = response.body()) {
                body = in.readNBytes(MAX_BYTES + 1);
            }
            if (response.statusCode() / 100 != 2 || body.length > MAX_BYTES) {
                throw new LoginException(where + " answered " + response.statusCode()
                        + (body.length > MAX_BYTES ? " with more than " + MAX_BYTES + " bytes" : ""));
            }
            if (Json.parse(body) instanceof Map<?, ?> map) {
                return map;
            }
            throw new LoginException(where + " did not answer with a JSON object");
        } catch (JsonException e) {
            throw new LoginException(where + " did not answer with JSON: " + e.getMessage(), e);
        } catch (IOException e) {
            throw new LoginException(where + " can't be asked: " + e, e);
        }
    }

    /** Trusts the certificates and nothing else; throws {@link LoginException} for what is none. */
    public static SSLContext trusting(String pem) {
        try {
            KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
            trusted.load(null);
            int n = 0;
            for (Certificate certificate : CertificateFactory.getInstance("X.509").generateCertificates(
                    new ByteArrayInputStream(pem.getBytes(StandardCharsets.UTF_8)))) {
                trusted.setCertificateEntry("ca" + n++, certificate);
            }
            if (n == 0) {
                throw new LoginException("the CA certificate holds no certificate in PEM form");
            }
            TrustManagerFactory managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            managers.init(trusted);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, managers.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new LoginException("the CA certificate can't be read: " + e.getMessage(), e);
        }
    }
}
