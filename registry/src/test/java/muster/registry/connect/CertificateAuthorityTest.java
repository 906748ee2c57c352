package muster.registry.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertPath;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import muster.raft.MemoryLogGroup;
import muster.registry.Registry;
import muster.registry.connect.CertificateAuthority.RefusedConfigurationException;
import muster.registry.mesh.Authority;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CertificateAuthorityTest {
    private final MemoryLogGroup log = new MemoryLogGroup("127.0.0.1:8300");
    private volatile Instant now = Instant.now();
    private final InstantSource clock = () -> now;
    private Registry registry;
    private CertificateAuthority authority;
    private LeafCertificates leafs;

    @BeforeEach
    void start() {
        registry = new Registry("dc1", log, clock, new Random(1));
        log.start();
        authority = new CertificateAuthority(registry, UUID::randomUUID);
        leafs = new LeafCertificates(registry, authority, new Random(2));
    }

    @AfterEach
    void stop() throws Exception {
        registry.close();
        log.close();
    }

    private static <T> T await(CompletionStage<T> stage) throws Exception {
        return stage.toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    private Leaf leaf(long index, Duration wait) throws Exception {
        return await(leafs.get("web", index, wait, new CompletableFuture<>()));
    }

    private static List<X509Certificate> read(String pem) throws Exception {
        List<X509Certificate> all = new ArrayList<>();
        for (Certificate certificate : CertificateFactory.getInstance("X.509")
                .generateCertificates(new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)))) {
            all.add((X509Certificate) certificate);
        }
        return all;
    }

    /** The platform's own judgement, at the test's time. */
    private void validate(String chain, String root) throws Exception {
        CertPath path = CertificateFactory.getInstance("X.509").generateCertPath(read(chain));
        PKIXParameters parameters = new PKIXParameters(Set.of(new TrustAnchor(read(root).getFirst(), null)));
        parameters.setRevocationEnabled(false);
        parameters.setDate(Date.from(now));
        CertPathValidator.getInstance("PKIX").validate(path, parameters);
    }

    @Test
    void aLeafIsValidUnderItsRootAndNamesItsService() throws Exception {
        Leaf leaf = leaf(0, Duration.ZERO);
        Authority made = await(authority.present());
        Authority.Root root = made.activeRoot();
        validate(leaf.certificate(), root.certificate());
        X509Certificate certificate = read(leaf.certificate()).getFirst();
        assertThat(certificate.getSubjectAlternativeNames()).extracting(name -> String.valueOf(name.get(1)))
                .containsExactly("spiffe://" + made.trustDomain() + "/ns/default/dc/dc1/svc/web");
        assertThat(certificate.getExtendedKeyUsage()).containsExactlyInAnyOrder("1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2");
        assertThat(certificate.getBasicConstraints()).isEqualTo(-1);
        assertThat(Duration.between(leaf.from(), leaf.until())).isEqualTo(Duration.ofHours(72));
        assertThat(certificate.getPublicKey()).isEqualTo(new Certificates(new java.security.SecureRandom()).readKey(leaf.key()).getPublic());
        X509Certificate ca = read(root.certificate()).getFirst();
        ca.verify(ca.getPublicKey());
        assertThat(ca.getBasicConstraints()).isNotNegative();
        assertThat(root.keyType()).isEqualTo("ec");
        assertThat(root.keyBits()).isEqualTo(256);
        assertThat(leaf.toString() + made).doesNotContain("PRIVATE KEY");
    }

    @Test
    void anotherKeyMakesARootThatTheOldOneVouchesFor() throws Exception {
        // Plan: a waiting leaf; rotate by asking for another kind of key; the wait ends with a leaf that is valid under both
        // roots; the old root stays known, not active; two overlaps later it is forgotten.
        Leaf before = leaf(0, Duration.ZERO);
        Authority.Root old = await(authority.present()).activeRoot();
        CompletionStage<Leaf> waiting = leafs.get("web", before.index(), Duration.ofSeconds(20), new CompletableFuture<>());
        Authority rotated = await(authority.configure("consul", Map.of("PrivateKeyBits", 384L), false));
        Leaf after = await(waiting);
        assertThat(after.index()).isGreaterThan(before.index());
        assertThat(rotated.roots()).extracting(Authority.Root::active).containsExactly(true, false);
        assertThat(rotated.roots().get(1).id()).isEqualTo(old.id());
        assertThat(rotated.roots().get(1).createIndex()).isEqualTo(old.createIndex());
        validate(read(after.certificate()).size() == 2 ? after.certificate() : "", old.certificate());
        validate(firstOf(after.certificate()), rotated.activeRoot().certificate());
        now = now.plus(Duration.ofHours(145));
        Authority later = await(authority.configure("consul", Map.of("PrivateKeyBits", 521L), true));
        assertThat(later.roots()).hasSize(2).extracting(Authority.Root::keyBits).containsExactly(521, 384);
        assertThat(later.activeRoot().intermediates()).isEmpty();
        Leaf alone = leaf(0, Duration.ZERO);
        assertThatThrownBy(() -> validate(firstOf(alone.certificate()), old.certificate()))
                .isInstanceOf(CertPathValidatorException.class);
    }

    private static String firstOf(String chain) {
        return chain.substring(0, chain.indexOf("-----END CERTIFICATE-----\n") + "-----END CERTIFICATE-----\n".length());
    }

    @Test
    void aGivenKeyIsUsedAndGivenAgainChangesNothing() throws Exception {
        Certificates other = new Certificates(new java.security.SecureRandom());
        String key = Certificates.write(other.newKey("rsa", 2048));
        Authority first = await(authority.configure("consul", Map.of("PrivateKey", key, "PrivateKeyType", "rsa"), false));
        Authority again = await(authority.configure("consul", Map.of("PrivateKey", key, "PrivateKeyType", "rsa", "LeafCertTTL", "24h"), false));
        assertThat(first.activeRoot().keyType()).isEqualTo("rsa");
        assertThat(again.activeRoot().id()).isEqualTo(first.activeRoot().id());
        assertThat(again.configuration().config()).containsEntry("LeafCertTTL", "24h").doesNotContainKey("PrivateKey");
        Leaf leaf = leaf(0, Duration.ZERO);
        validate(firstOf(leaf.certificate()), again.activeRoot().certificate());
        assertThat(Duration.between(leaf.from(), leaf.until())).isEqualTo(Duration.ofHours(24));
    }

    @Test
    void whatCanNotBeUsedIsRefused() {
        Map<Map<String, Object>, String> refused = Map.of(
                Map.of("LeafCertTTL", "1m"), "error configuring provider: leaf cert TTL must be greater or equal than 1h0m0s",
                Map.of("LeafCertTTL", "never"), "error configuring provider: error decoding config: time: invalid duration \"never\"",
                Map.of("PrivateKeyType", "dsa"), "error configuring provider: private key type must be either 'ec' or 'rsa'",
                Map.of("PrivateKeyBits", 100L), "error configuring provider: EC key length must be one of (256, 384, 521) bits",
                Map.of("RootCert", "x"), "error configuring provider: must provide a private key when providing a root cert",
                Map.of("IntermediateCertTTL", "100h"),
                "error configuring provider: Intermediate Cert TTL must be greater or equal than 3 * LeafCertTTL (>=216h0m0s).");
        refused.forEach((config, text) -> assertThatThrownBy(() -> await(authority.configure("consul", config, false)))
                .isInstanceOf(RefusedConfigurationException.class).hasMessage(text));
        assertThatThrownBy(() -> authority.configure("vault", Map.of(), false))
                .hasMessage("could not initialize provider: unknown CA provider \"vault\"");
        assertThatThrownBy(() -> await(authority.configure("consul", Map.of("PrivateKey", "nonsense"), false)))
                .hasCauseInstanceOf(RefusedConfigurationException.class);
    }

    @Test
    void leafsAreKeptAndRenewedBeforeTheyRunOut() throws Exception {
        Leaf first = leaf(0, Duration.ZERO);
        assertThat(leaf(0, Duration.ZERO)).isSameAs(first);
        assertThat(leaf(first.index(), Duration.ofMillis(1))).isSameAs(first);
        assertThat(first.renewAt()).isBetween(first.from().plus(Duration.ofHours(43)), first.from().plus(Duration.ofHours(65)));
        now = first.renewAt().plusSeconds(1);
        Leaf second = leaf(first.index(), Duration.ofSeconds(20));
        assertThat(second.index()).isGreaterThan(first.index());
        assertThat(second.serial()).isNotEqualTo(first.serial());
        assertThat(second.rootId()).isEqualTo(first.rootId());
    }

    @Test
    void identitiesAreReadFromTheirUris() {
        assertThat(SpiffeId.parse("spiffe://t.consul/ns/default/dc/dc1/svc/web%20app"))
                .contains(new SpiffeId.Service("t.consul", "default", "dc1", "web app"));
        assertThat(SpiffeId.parse("spiffe://t.consul/agent/client/dc/dc1/id/a")).contains(new SpiffeId.Agent("t.consul", "dc1", "a"));
        assertThat(SpiffeId.parse("spiffe://t.consul")).contains(new SpiffeId.Signing("t.consul"));
        for (String none : List.of("", "web", "http://t.consul/ns/a/dc/b/svc/c", "spiffe://t/ns/a/dc/b", "spiffe://[", "spiffe:///ns/a/dc/b/svc/c")) {
            assertThat(SpiffeId.parse(none)).as(none).isEmpty();
        }
    }
}
