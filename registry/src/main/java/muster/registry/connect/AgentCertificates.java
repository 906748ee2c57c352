package muster.registry.connect;

import java.math.BigInteger;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.KeyPurposeId;

/**
 * Certificates for agents' own connections, which have nothing to do with the mesh's: an authority that is kept by hand, and what
 * it signs for servers, clients and commands. (Consul commands: tls) Any thread may call.
 */
public final class AgentCertificates {
    private static final int BITS = 256;

    private final Certificates certificates;

    /** @param random of keys and serial numbers */
    public AgentCertificates(SecureRandom random) {
        certificates = new Certificates(random);
    }

    /** A certificate and its private key, PEM. */
    public record Pair(String certificate, String key) {}

    /** For whom a certificate is. */
    public enum Role {
        SERVER, CLIENT, CLI
    }

    /**
     * A new authority.
     *
     * @param names that it may sign for, with what is below them; none means any
     */
    public Pair authority(List<String> names, Instant from, Duration valid) {
        KeyPair key = certificates.newKey("ec", BITS);
        BigInteger serial = certificates.newSerial();
        return new Pair(certificates.agentAuthority(key, "Consul Agent CA " + serial, names, serial, from, from.plus(valid)).certificate(),
                Certificates.write(key));
    }

    /**
     * A certificate with its key. Throws {@link IllegalArgumentException} for an authority that can't be read, or whose key is another's.
     *
     * @param names the first is the certificate's own
     * @param addresses IPv4 or IPv6
     */
    public Pair signed(Pair authority, Role role, List<String> names, List<String> addresses, Instant from, Duration valid) {
        KeyPair issuer = certificates.readKey(authority.key());
        Certificates.given(authority.certificate(), issuer.getPublic());
        KeyPair key = certificates.newKey("ec", BITS);
        List<GeneralName> all = new ArrayList<>();
        names.forEach(name -> all.add(new GeneralName(GeneralName.dNSName, name)));
        addresses.forEach(address -> all.add(new GeneralName(GeneralName.iPAddress, address)));
        KeyPurposeId[] purposes = switch (role) {
            case SERVER -> new KeyPurposeId[] {KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth};
            case CLIENT -> new KeyPurposeId[] {KeyPurposeId.id_kp_clientAuth, KeyPurposeId.id_kp_serverAuth};
            case CLI -> new KeyPurposeId[0];
        };
        Certificates.Made made = certificates.agent(key.getPublic(), all.toArray(GeneralName[]::new), purposes, authority.certificate(), issuer,
                certificates.newSerial(), from, from.plus(valid));
        return new Pair(made.certificate(), Certificates.write(key));
    }
}
