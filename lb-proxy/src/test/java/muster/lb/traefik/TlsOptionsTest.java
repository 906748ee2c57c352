package muster.lb.traefik;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import muster.lb.proxy.Identity;
import muster.lb.proxy.OpenVertx;
import muster.lb.proxy.SocketTarget;
import muster.testkit.Eventually;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** TLS options of files, as they hold for the hosts of routers that name them, and as they change. */
class TlsOptionsTest {
    @AutoClose
    private static final OpenVertx VERTX = new OpenVertx();
    @TempDir
    private Path folder;
    private Identity known;
    @AutoClose
    private final SocketTarget target = SocketTarget.saying("served");
    @AutoClose
    private RunningTraefik traefik;

    @BeforeEach
    void start() throws Exception {
        known = Identity.of("client.test");
        Files.writeString(folder.resolve("ca.pem"), known.certificatePem());
        write("options: mtls", "RequireAndVerifyClientCert");
        traefik = new RunningTraefik(VERTX, "--providers.file.filename=" + folder.resolve("dynamic.yaml"));
    }

    @Test
    void aHostWhoseRouterAsksForCertificatesIsNotReachedWithoutOne() throws Exception {
        assertThat(get("open.test", "open.test", Identity.trusting())).startsWith("HTTP/1.1 200").endsWith("served");
        assertThat(get("closed.test", "closed.test", Identity.trusting())).isEqualTo("refused");
        assertThat(get("closed.test", "closed.test", Identity.of("stranger.test").context())).isEqualTo("refused");
        assertThat(get("closed.test", "closed.test", known.context())).startsWith("HTTP/1.1 200").endsWith("served");
        assertThat(target.heads().getLast()).containsPattern("X-Forwarded-Tls-Client-Cert: [A-Za-z0-9+/=]{200,}\r\n")
                .containsPattern("X-Forwarded-Tls-Client-Cert-Info: Subject%3D%22CN%3Dclient.test%22%3BSerialNumber%3D%22[0-9]+%22");
    }

    @Test
    void aConnectionForAnotherHostDoesNotLeadAroundThem() throws Exception {
        assertThat(get("open.test", "closed.test", Identity.trusting())).startsWith("HTTP/1.1 421").contains("Misdirected Request");
        assertThat(get("", "closed.test", Identity.trusting())).startsWith("HTTP/1.1 421");
        assertThat(get("open.test", "third.test", Identity.trusting())).startsWith("HTTP/1.1 404");
    }

    /** Plan: the router's options go, and nobody is asked for a certificate any more; they come back, and everybody is. */
    @Test
    void optionsHoldFromTheMomentTheyChange() throws Exception {
        write("{}", "RequireAndVerifyClientCert");
        Eventually.passes("no certificate is needed", () ->
                assertThat(get("closed.test", "closed.test", Identity.trusting())).startsWith("HTTP/1.1 200"));
        write("options: mtls", "RequireAnyClientCert");
        Eventually.passes("one is needed", () -> assertThat(get("closed.test", "closed.test", Identity.trusting())).isEqualTo("refused"));
        assertThat(get("closed.test", "closed.test", Identity.of("stranger.test").context())).startsWith("HTTP/1.1 200");
        write("options: mtls", "VerifyClientCertIfGiven");
        Eventually.passes("none is as good as a known one", () ->
                assertThat(get("closed.test", "closed.test", Identity.trusting())).startsWith("HTTP/1.1 200"));
    }

    @Test
    void optionsThatCantBeUsedLeadNowhere() throws Exception {
        write("options: mtls", "Sometimes");
        Eventually.passes("the router says why", () -> assertThat(traefik.api("/api/http/routers/closed@file").body())
                .contains("\"status\":\"disabled\"", "unknown client auth type"));
        assertThat(get("closed.test", "closed.test", known.context())).startsWith("HTTP/1.1 404");
        assertThat(get("open.test", "open.test", Identity.trusting())).startsWith("HTTP/1.1 200");
    }

    /** Plan: a curve that nobody knows disables the router, one that the client does not offer refuses it, one that it offers serves it. */
    @Test
    void curvesAreThoseThatArePreferred() throws Exception {
        write("options: mtls", "NoClientCert", "CurveP999");
        Eventually.passes("the router says why", () -> assertThat(traefik.api("/api/http/routers/closed@file").body())
                .contains("\"status\":\"disabled\"", "invalid CurveID in curvePreferences: CurveP999"));
        write("options: mtls", "NoClientCert", "CurveP521, X25519MLKEM768");
        Eventually.passes("it is served", () ->
                assertThat(get("closed.test", "closed.test", Identity.trusting())).startsWith("HTTP/1.1 200"));
    }

    @Test
    void anEntryPointWhoseOptionsAreNotDefinedServesNobodyByTls() throws Exception {
        traefik.close();
        traefik = new RunningTraefik(VERTX, "--entryPoints.http.http.tls.options=nobodys@file",
                "--providers.file.filename=" + folder.resolve("dynamic.yaml"));
        assertThat(get("open.test", "open.test", Identity.trusting())).isEqualTo("refused");
    }

    private void write(String closed, String type) throws IOException {
        write(closed, type, "");
    }

    private void write(String closed, String type, String curves) throws IOException {
        Path draft = folder.resolve("draft");
        Files.writeString(draft, """
                http:
                  routers:
                    open: {rule: Host(`open.test`), service: s, tls: {}}
                    closed:
                      rule: Host(`closed.test`)
                      service: s
                      middlewares: [cert]
                      tls:
                        %s
                  middlewares:
                    cert: {passTLSClientCert: {pem: true, info: {subject: {commonName: true}, serialNumber: true}}}
                  services:
                    s: {loadBalancer: {servers: [{url: "http://127.0.0.1:%d"}]}}
                tls:
                  options:
                    mtls:
                      clientAuth: {caFiles: ["%s"], clientAuthType: %s}
                      curvePreferences: [%s]
                """.formatted(closed, target.port(), folder.resolve("ca.pem"), type, curves));
        Files.move(draft, folder.resolve("dynamic.yaml"), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    }

    /** The whole answer, or "refused" when the handshake fails. */
    private String get(String serverName, String host, SSLContext context) throws IOException {
        try (SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket("127.0.0.1", traefik.port("http"))) {
            socket.setSoTimeout(60_000);
            SSLParameters parameters = socket.getSSLParameters();
            if (!serverName.isEmpty()) {
                parameters.setServerNames(List.of(new SNIHostName(serverName)));
            }
            socket.setSSLParameters(parameters);
            socket.getOutputStream().write(("GET / HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1));
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
            return answer.isEmpty() ? "refused" : answer;
        } catch (SSLException | java.net.SocketException e) {
            return "refused";
        }
    }
}
