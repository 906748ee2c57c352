package muster.agent;

import java.nio.file.Path;
import java.util.List;

/**
 * An API over TLS. Files are read at the start and when the configuration is.
 *
 * @param port 0 picks a free one
 * @param certificate file of the certificates that clients are shown, PEM
 * @param key file of their private key, PEM
 * @param authorities files and folders of certificates that clients' are verified with
 * @param clientCertificate whether clients have to show one
 * @param protocols that are spoken, by the JDK's names
 * @param suites by their IANA names; none leaves the choice to the JDK
 */
record Https(String host, int port, Path certificate, Path key, List<Path> authorities, boolean clientCertificate,
        List<String> protocols, List<String> suites) {
    Https {
        authorities = List.copyOf(authorities);
        protocols = List.copyOf(protocols);
        suites = List.copyOf(suites);
    }
}
