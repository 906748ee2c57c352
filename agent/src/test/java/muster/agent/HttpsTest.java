package muster.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import muster.registry.agent.AgentControls;
import muster.registry.agent.RefusedException;
import muster.testkit.RunningProgram;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Certificates that {@code tls} makes, and an API served with them. */
@Timeout(120)
class HttpsTest {
    @TempDir
    private Path folder;

    private record Ran(int exit, String out, String err) {}

    private Ran tls(String... args) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int exit = new TlsCommand(folder, new PrintStream(out, true, StandardCharsets.UTF_8), new PrintStream(err, true, StandardCharsets.UTF_8),
                Instant.now()).run(List.of(args));
        return new Ran(exit, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    private AgentOptions options(String more) throws IOException {
        Path file = Files.writeString(folder.resolve("agent.hcl"), """
                ports { http = -1, https = 0, dns = -1 }
                cert_file = "%1$s/dc1-server-consul-0.pem"
                key_file = "%1$s/dc1-server-consul-0-key.pem"
                %2$s
                """.formatted(folder, more));
        return AgentArguments.parse("consul", List.of("-dev", "-config-file", file.toString()), Map.of(), new Machine("here", List.of()));
    }

    private String verifying() {
        return "verify_incoming = true\nca_file = \"" + folder.resolve("consul-agent-ca.pem") + "\"";
    }

    private static AgentControls controls() {
        return new AgentControls(() -> { }, () -> { }, (level, json, sink) -> () -> { });
    }

    private X509Certificate certificate(String name) throws Exception {
        return (X509Certificate) CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(Files.readAllBytes(folder.resolve(name))));
    }

    private SSLContext context(String shown) throws Exception {
        KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
        trusted.load(null, null);
        trusted.setCertificateEntry("ca", certificate("consul-agent-ca.pem"));
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        KeyStore own = KeyStore.getInstance(KeyStore.getDefaultType());
        own.load(null, null);
        if (!shown.isEmpty()) {
            try (PEMParser parser = new PEMParser(Files.newBufferedReader(folder.resolve(shown + "-key.pem")))) {
                PrivateKeyInfo key = ((PEMKeyPair) parser.readObject()).getPrivateKeyInfo();
                own.setKeyEntry("me", KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(key.getEncoded())), new char[0],
                        new Certificate[] {certificate(shown + ".pem")});
            }
        }
        keys.init(own, new char[0]);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
        return context;
    }

    private HttpResponse<String> ask(Suite suite, String shown) throws Exception {
        return ask(suite, "registry (HTTPS)", shown);
    }

    private HttpResponse<String> ask(Suite suite, String api, String shown) throws Exception {
        try (HttpClient client = HttpClient.newBuilder().sslContext(context(shown)).build()) {
            return client.send(HttpRequest.newBuilder(URI.create(address(suite, api) + "/v1/status/leader")).build(), HttpResponse.BodyHandlers.ofString());
        }
    }

    private static String address(Suite suite, String api) {
        return suite.listening().stream().filter(one -> one.what().equals(api)).findFirst().orElseThrow().address();
    }

    private AgentOptions scheduler(String tls) throws IOException {
        Path file = Files.writeString(folder.resolve("nomad.hcl"), "ports { http = 0 }\nconsul { address = \"127.0.0.1:9\" }\ntls {\n" + tls + "\n}\n");
        return AgentArguments.parse("nomad", List.of("-dev", "-config", file.toString()), Map.of(), new Machine("here", List.of()));
    }

    private String servedOverTls() {
        return """
                http = true
                ca_file = "%1$s/consul-agent-ca.pem"
                cert_file = "%1$s/dc1-server-consul-0.pem"
                key_file = "%1$s/dc1-server-consul-0-key.pem"
                verify_https_client = true""".formatted(folder);
    }

    private Ran nomad(Map<String, String> environment, String... arguments) {
        List<String> all = new ArrayList<>(List.of("nomad"));
        all.addAll(List.of(arguments));
        try (RunningProgram program = RunningProgram.start("nomad", folder, environment, RunningProgram.java(muster.cli.Main.class, all.toArray(String[]::new)))) {
            int exit = program.awaitExit(Duration.ofSeconds(60));
            return new Ran(exit, String.join("\n", program.output()), "");
        }
    }

    @Test
    void theApiAsksForCertificatesAndShowsNewOnesAfterAReload() throws Exception {
        // Plan: make an authority and certificates, ask with and without one, replace the server's, reload and look at what is shown; then
        // a key of another certificate is refused and the old pair stays.
        assertThat(tls("ca", "create", "-name-constraint")).isEqualTo(
                new Ran(0, "==> Saved consul-agent-ca.pem\n==> Saved consul-agent-ca-key.pem\n", ""));
        assertThat(tls("cert", "create", "-server").out()).isEqualTo("==> Using consul-agent-ca.pem and consul-agent-ca-key.pem\n"
                + "==> Saved dc1-server-consul-0.pem\n==> Saved dc1-server-consul-0-key.pem\n");
        assertThat(tls("cert", "create", "-server").out()).contains("dc1-server-consul-1.pem");
        assertThat(tls("cert", "create", "-cli").exit()).isZero();
        try (Suite suite = Suite.start(options(verifying()), controls(), InstantSource.system())) {
            HttpResponse<String> answer = ask(suite, "dc1-cli-consul-0");
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.sslSession().orElseThrow().getPeerCertificates()[0]).isEqualTo(certificate("dc1-server-consul-0.pem"));
            assertThatThrownBy(() -> ask(suite, "")).isInstanceOf(IOException.class);

            Path key = folder.resolve("dc1-server-consul-0-key.pem");
            Files.copy(folder.resolve("dc1-server-consul-1-key.pem"), key, StandardCopyOption.REPLACE_EXISTING);
            assertThatThrownBy(() -> suite.reload(options(verifying()))).isInstanceOf(RefusedException.class)
                    .hasMessage("the private key does not belong to the certificate");
            assertThat(ask(suite, "dc1-cli-consul-0").statusCode()).isEqualTo(200);

            Files.copy(folder.resolve("dc1-server-consul-1.pem"), folder.resolve("dc1-server-consul-0.pem"), StandardCopyOption.REPLACE_EXISTING);
            suite.reload(options(verifying()));
            assertThat(ask(suite, "dc1-cli-consul-0").sslSession().orElseThrow().getPeerCertificates()[0])
                    .isEqualTo(certificate("dc1-server-consul-1.pem"));
        }
    }

    @Test
    void theSchedulersApiAsksForCertificatesToo() throws Exception {
        // Plan: with and without a certificate over HTTP, then by the command with flags and environment; nothing answers without TLS but to
        // the agent itself; then other certificates are shown after a reload.
        assertThat(tls("ca", "create").exit()).isZero();
        tls("cert", "create", "-server");
        tls("cert", "create", "-server");
        tls("cert", "create", "-cli");
        try (Suite suite = Suite.start(scheduler(servedOverTls()), controls(), InstantSource.system())) {
            assertThat(ask(suite, "scheduler (HTTPS)", "dc1-cli-consul-0").statusCode()).isEqualTo(200);
            assertThatThrownBy(() -> ask(suite, "scheduler (HTTPS)", "")).isInstanceOf(IOException.class);
            String address = address(suite, "scheduler (HTTPS)");

            Map<String, String> environment = Map.of("NOMAD_ADDR", address, "NOMAD_CACERT", folder.resolve("consul-agent-ca.pem").toString(),
                    "NOMAD_CLIENT_CERT", folder.resolve("dc1-cli-consul-0.pem").toString(), "NOMAD_CLIENT_KEY",
                    folder.resolve("dc1-cli-consul-0-key.pem").toString());
            Ran status = nomad(environment, "server", "members");
            assertThat(status.exit()).as(status.out()).isZero();
            assertThat(status.out()).contains("alive");
            Ran unknown = nomad(Map.of(), "server", "members", "-address=" + address);
            assertThat(unknown.exit()).as("an authority that nobody trusts").isEqualTo(1);
            Ran unchecked = nomad(Map.of(), "server", "members", "-address=" + address, "-tls-skip-verify", "-client-cert="
                    + folder.resolve("dc1-cli-consul-0.pem"), "-client-key=" + folder.resolve("dc1-cli-consul-0-key.pem"));
            assertThat(unchecked.exit()).as(unchecked.out()).isZero();
            Ran plain = nomad(Map.of(), "server", "members", "-address=" + address.replace("https", "http"));
            assertThat(plain.exit()).isEqualTo(1);

            Files.copy(folder.resolve("dc1-server-consul-1.pem"), folder.resolve("dc1-server-consul-0.pem"), StandardCopyOption.REPLACE_EXISTING);
            assertThatThrownBy(() -> suite.reload(scheduler(servedOverTls()))).isInstanceOf(RefusedException.class)
                    .hasMessage("the private key does not belong to the certificate");
            Files.copy(folder.resolve("dc1-server-consul-1-key.pem"), folder.resolve("dc1-server-consul-0-key.pem"), StandardCopyOption.REPLACE_EXISTING);
            suite.reload(scheduler(servedOverTls()));
            assertThat(ask(suite, "scheduler (HTTPS)", "dc1-cli-consul-0").sslSession().orElseThrow().getPeerCertificates()[0])
                    .isEqualTo(certificate("dc1-server-consul-1.pem"));
            assertThatThrownBy(() -> suite.reload(scheduler("http = false"))).hasMessage("tls.http can't change while the agent runs; restart it");
        }
        assertThatThrownBy(() -> scheduler("http = true\nverify_https_client = true\ntls_min_version = \"ssl3\""))
                .isInstanceOfSatisfying(AgentArguments.Refused.class, refused -> assertThat(refused.problems()).containsExactlyInAnyOrder(
                        "tls.http needs tls.cert_file and tls.key_file: what clients of the API are shown",
                        "tls.verify_https_client needs tls.ca_file: whose certificates of clients are good",
                        "tls_min_version \"ssl3\" has to be tls10, tls11, tls12 or tls13"));
    }

    @Test
    void whatIsWrongWithCertificatesIsSaid() throws Exception {
        assertThat(tls("cert", "create")).isEqualTo(new Ran(1, "", "Please provide either -server, -client, or -cli\n"));
        assertThat(tls("cert", "create", "-server", "-cli").exit()).isEqualTo(1);
        assertThat(tls("cert", "create", "-client", "-node=a").err()).isEqualTo("-node requires -server\n");
        assertThat(tls("cert", "create", "-client").err())
                .isEqualTo("Error reading CA: open consul-agent-ca.pem: no such file or directory\n");
        assertThat(tls("cert", "create", "-client", "-additional-ipaddress=x").err()).isEqualTo("Cannot parse IP address: \"x\"\n");
        assertThat(tls("ca", "create", "-days=0").err()).startsWith("invalid value \"0\" for flag -days");
        assertThat(tls("ca", "create").exit()).isZero();
        assertThat(tls("ca", "create")).isEqualTo(new Ran(1, "", "consul-agent-ca.pem already exists.\n"));
        assertThat(tls("frob").exit()).isEqualTo(1);
        Files.writeString(folder.resolve("consul-agent-ca-key.pem"), "-----BEGIN EC PRIVATE KEY-----\n"
                + Base64.getEncoder().encodeToString(new byte[] {1, 2}) + "\n-----END EC PRIVATE KEY-----\n");
        assertThat(tls("cert", "create", "-client").err()).startsWith("Error generating certificate: ");
    }

    @Test
    void settingsThatDoNotFitAreNamed() {
        assertThatThrownBy(() -> options("verify_incoming = true\ntls_min_version = \"ssl3\""))
                .isInstanceOfSatisfying(AgentArguments.Refused.class, refused -> assertThat(refused.problems()).containsExactly(
                        "VerifyIncoming set, and no CA certificate provided!",
                        "tls_min_version \"ssl3\" has to be tls10, tls11, tls12 or tls13"));
        assertThatThrownBy(() -> Suite.start(options(""), controls(), InstantSource.system())).isInstanceOf(IOException.class)
                .hasMessageEndingWith("dc1-server-consul-0.pem: no such file or directory");
    }
}
