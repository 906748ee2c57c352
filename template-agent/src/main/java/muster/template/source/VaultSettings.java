package muster.template.source;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/**
 * How Vault is reached and with what right.
 *
 * @param namespace "" for the root
 * @param token "" for none
 * @param tokenFile kept by somebody else, such as Vault's agent; read again whenever it changes
 * @param unwrapToken the token is a wrapping one: the right one is inside, and can be taken out once
 * @param renewToken whether to keep the token alive
 * @param defaultLease of what has none
 * @param renewalThreshold share of a lease after which what can't be renewed is read again, 0 to 1
 * @param kubernetes logs in with a role of Kubernetes instead of a token
 */
public record VaultSettings(String address, Optional<SSLContext> tls, String namespace, String token, Optional<Path> tokenFile,
        boolean unwrapToken, boolean renewToken, Duration defaultLease, double renewalThreshold, String userAgent,
        Optional<Kubernetes> kubernetes, Retry retry) {
    /** @param mount of the login, such as {@code kubernetes} */
    public record Kubernetes(String mount, String role, Path serviceAccountToken) {}

    public VaultSettings {
        if (renewalThreshold <= 0 || renewalThreshold > 1) {
            throw new IllegalArgumentException("vault: lease_renewal_threshold " + renewalThreshold + " is not between 0 and 1");
        }
    }

    /** The usual settings for an address and a token. */
    public static VaultSettings of(String address, String token) {
        return new VaultSettings(address, Optional.empty(), "", token, Optional.empty(), false, true, Duration.ofMinutes(5), 0.9, "",
                Optional.empty(), Retry.DEFAULT);
    }

    /** Never shows the token. */
    @Override
    public String toString() {
        return "VaultSettings[address=" + address + ", namespace=" + namespace + "]";
    }
}
