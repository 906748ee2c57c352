package muster.template.function;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import muster.wire.GoQuote;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SprigCertificatesTest {
    private static final String CLIENTS_AND_SERVERS = "[1.3.6.1.5.5.7.3.1, 1.3.6.1.5.5.7.3.2]";

    private static X509Certificate certificate(String pem) throws Exception {
        return (X509Certificate) CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)));
    }

    @ParameterizedTest(name = "a key of type {0}")
    @CsvSource({"rsa,RSA PRIVATE KEY", "dsa,DSA PRIVATE KEY", "ecdsa,EC PRIVATE KEY", "ed25519,PRIVATE KEY"})
    void a_private_key_is_of_the_type_that_was_asked_for_and_reads_back_as_it_was(String type, String block) {
        String pem = Seeded.rendered(5, "{{sprig_genPrivateKey \"" + type + "\"}}");
        assertThat(pem).startsWith("-----BEGIN " + block + "-----\n").endsWith("\n-----END " + block + "-----\n");
        assertThat(PemKey.read(pem).write()).isEqualTo(pem);
    }

    /** Plan: an authority and a certificate signed by it, from one template; the fields, the extensions, the chain. */
    @Test
    void an_authority_signs_a_certificate() throws Exception {
        String[] texts = Seeded.rendered(6, "{{$ca := sprig_genCA \"foo-ca\" 365}}{{$c := sprig_genSignedCert \"foo.example\""
                + " (sprig_list \"10.0.0.1\" \"fe80::1\") (sprig_list \"bar.example\" \"*.bat.example\") 30 $ca}}"
                + "{{$ca.Cert}}|{{$ca.Key}}|{{$c.Cert}}|{{$c.Key}}").split("\\|");
        X509Certificate authority = certificate(texts[0]);
        X509Certificate signed = certificate(texts[2]);
        authority.verify(authority.getPublicKey());
        signed.verify(authority.getPublicKey());
        signed.checkValidity(java.util.Date.from(Seeded.NOW));
        assertThat(Duration.between(signed.getNotBefore().toInstant(), signed.getNotAfter().toInstant())).isEqualTo(Duration.ofDays(30));
        assertThat(authority.getBasicConstraints()).isEqualTo(Integer.MAX_VALUE);
        assertThat(authority.getKeyUsage()).startsWith(true, false, true, false, false, true);
        assertThat(authority.getExtendedKeyUsage()).hasToString(CLIENTS_AND_SERVERS);
        assertThat(signed.getBasicConstraints()).isEqualTo(-1);
        assertThat(signed.getKeyUsage()).startsWith(true, false, true, false, false, false);
        assertThat(signed.getSubjectX500Principal().getName()).isEqualTo("CN=foo.example");
        assertThat(signed.getIssuerX500Principal()).isEqualTo(authority.getSubjectX500Principal());
        assertThat(signed.getSubjectAlternativeNames()).containsExactly(List.of(2, "bar.example"), List.of(2, "*.bat.example"),
                List.of(7, "10.0.0.1"), List.of(7, "fe80:0:0:0:0:0:0:1"));
        assertThat(PemKey.read(texts[3]).publicKey().getEncoded()).isEqualTo(signed.getPublicKey().getEncoded());
    }

    @ParameterizedTest(name = "with a key of {0}")
    @CsvSource({"ecdsa,SHA256withECDSA", "ed25519,Ed25519"})
    void certificates_are_made_with_a_given_key(String type, String algorithm) throws Exception {
        String[] texts = Seeded.rendered(7, "{{$k := sprig_genPrivateKey \"" + type + "\"}}{{$ca := sprig_genCAWithKey \"ca\" 1 $k}}"
                + "{{$s := sprig_genSelfSignedCertWithKey \"self\" nil (sprig_list \"self.example\") 1 $k}}"
                + "{{$c := sprig_genSignedCertWithKey \"leaf\" nil nil 1 $ca $k}}"
                + "{{$k}}|{{$ca.Key}}|{{$ca.Cert}}|{{$s.Cert}}|{{$c.Cert}}|{{eq (sprig_buildCustomCert (base64Encode $c.Cert) (base64Encode $c.Key)).Cert $c.Cert}}")
                .split("\\|");
        assertThat(texts[1]).isEqualTo(texts[0]);
        X509Certificate authority = certificate(texts[2]);
        for (String pem : List.of(texts[2], texts[3], texts[4])) {
            certificate(pem).verify(authority.getPublicKey());
            assertThat(certificate(pem).getSigAlgName()).isEqualTo(algorithm);
        }
        assertThat(texts[5]).isEqualTo("true");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiterString = "##", textBlock = """
            a type of keys that there is not  ## {{sprig_genPrivateKey "nope"}}                                    ## Unknown type nope
            a key that is no PEM              ## {{sprig_genCAWithKey "ca" 1 "x"}}                                 ## parsing private key: no PEM data in input
            a PEM that is no key              ## {{sprig_genCAWithKey "ca" 1 "-----BEGIN X-----\\nAAAA\\n-----END X-----\\n"}} ## parsing private key: no private key data in PEM block of type X
            a key of a kind that there is not ## {{sprig_genCAWithKey "ca" 1 "-----BEGIN X PRIVATE KEY-----\\nAAAA\\n-----END X PRIVATE KEY-----\\n"}} ## parsing private key: invalid private key type X
            a key whose bytes are none        ## {{sprig_genCAWithKey "ca" 1 "-----BEGIN RSA PRIVATE KEY-----\\nAAAA\\n-----END RSA PRIVATE KEY-----\\n"}} ## parsing private key: parsing RSA private key from PEM: asn1: structure error
            a key of DSA can't sign           ## {{sprig_genPrivateKey "dsa" | sprig_genCAWithKey "ca" 1}}         ## error creating certificate: x509: certificate private key does not implement crypto.Signer
            an address that is none           ## {{sprig_genPrivateKey "ed25519" | sprig_genSelfSignedCertWithKey "a" (sprig_list "1.2.3") nil 1}} ## error parsing ip: 1.2.3
            an address that is a number       ## {{sprig_genPrivateKey "ed25519" | sprig_genSelfSignedCertWithKey "a" (sprig_list 5) nil 1}}       ## error parsing ip: 5 is not a string
            a name that is a number           ## {{sprig_genPrivateKey "ed25519" | sprig_genSelfSignedCertWithKey "a" nil (sprig_list 5) 1}}       ## error processing alternate dns name: 5 is not a string
            a name with other letters         ## {{sprig_genPrivateKey "ed25519" | sprig_genSelfSignedCertWithKey "a" nil (sprig_list "ü") 1}}     ## error creating certificate: x509: "ü" cannot be encoded as an IA5String
            an authority that is a text       ## {{sprig_genSignedCert "a" nil nil 1 "ca"}}                        ## can't handle "ca" for arg of type sprig.certificate
            a certificate that is no base64   ## {{sprig_buildCustomCert "!" "!"}}                                 ## unable to decode base64 certificate
            a key that is no base64           ## {{sprig_buildCustomCert "" "!"}}                                  ## unable to decode base64 private key
            a certificate that is no PEM      ## {{sprig_buildCustomCert "" ""}}                                   ## unable to decode certificate
            a PEM that is no certificate      ## {{sprig_buildCustomCert (sprig_genPrivateKey "ed25519" | base64Encode) ""}} ## error parsing certificate: decodedCert.Bytes: x509: malformed certificate
            another's key                     ## {{$k := sprig_genPrivateKey "ed25519"}}{{$ca := sprig_genCAWithKey "ca" 1 $k}}{{$bad := sprig_buildCustomCert (base64Encode $ca.Cert) (sprig_genPrivateKey "ecdsa" | base64Encode)}}{{sprig_genSignedCertWithKey "a" nil nil 1 $bad $k}} ## error creating certificate: x509: provided PrivateKey doesn't match parent's PublicKey
            """)
    void mistakes(String name, String template, String message) {
        assertThat(Seeded.rendered(8, template)).contains(message);
    }

    /** Plan: a block of any bytes; whatever it is, the template fails in words and never by accident. */
    @Property(tries = 300)
    void bytes_that_are_no_key_are_refused(@ForAll byte[] bytes, @ForAll boolean old) {
        String pem = PemKey.pem(old ? "EC PRIVATE KEY" : "PRIVATE KEY", bytes);
        assertThat(Seeded.rendered(9, "{{(sprig_genCAWithKey \"ca\" 1 " + GoQuote.quote(pem) + ").Cert}}"))
                .contains("error calling sprig_genCAWithKey: parsing private key: ");
    }
}
