package muster.agent;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * How an API is served over TLS: for the registry's the keys of a file's outermost level, of {@code tls.defaults} and of {@code
 * tls.https}, the last of which weighs most (Consul agent configuration: TLS); for the scheduler's those of {@code tls} (Nomad agent
 * configuration: tls). Used once, by one thread.
 */
final class TlsRules {
    private static final List<String> SECTIONS = List.of("tls.https.", "tls.defaults.", "");
    private static final List<String> PROTOCOLS = List.of("TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3");
    private static final int USUAL_MINIMUM = 2;
    private static final int MAX_PORT = 65_535;

    private final Settings settings;
    private final String host;

    /** @param host where it listens unless it is told otherwise */
    TlsRules(Settings settings, String host) {
        this.settings = settings;
        this.host = host;
    }

    Optional<Https> https() {
        boolean asks = settings.on("verify_incoming_https") || SECTIONS.stream().anyMatch(section -> settings.on(section + "verify_incoming"));
        List<Path> authorities = authorities();
        if (asks && authorities.isEmpty()) {
            settings.problem("VerifyIncoming set, and no CA certificate provided!");
        }
        int port = settings.number("ports.https", -1);
        if (port < -1 || port > MAX_PORT) {
            settings.problem("ports.https has to be from 1 to 65535, 0 for a free one or -1 for none (found " + port + ")");
            return Optional.empty();
        }
        String certificate = text("cert_file");
        String key = text("key_file");
        if (certificate.isEmpty() != key.isEmpty()) {
            settings.problem("cert_file and key_file belong together: " + (key.isEmpty() ? "key_file" : "cert_file") + " is missing");
        }
        if (asks && certificate.isEmpty()) {
            settings.problem("VerifyIncoming set, and no Cert/Key pair provided!");
        }
        List<String> protocols = protocols();
        List<String> suites = suites();
        if (port == -1) {
            return Optional.empty();
        }
        if (certificate.isEmpty()) {
            settings.problem("ports.https needs cert_file and key_file: `consul tls cert create -server` makes both");
        }
        String address = settings.text("addresses.https", host);
        return settings.problems().isEmpty()
                ? Optional.of(new Https(address.equals("localhost") ? "127.0.0.1" : address, port, path(certificate), path(key),
                        authorities, asks && !authorities.isEmpty(), protocols, suites))
                : Optional.empty();
    }

    /** @param port at which the scheduler's API listens, over TLS or not */
    Optional<Https> ofScheduler(int port) {
        if (!settings.on("tls_http")) {
            return Optional.empty();
        }
        String certificate = settings.text("cert_file", "");
        String key = settings.text("key_file", "");
        if (certificate.isEmpty() || key.isEmpty()) {
            settings.problem("tls.http needs tls.cert_file and tls.key_file: what clients of the API are shown");
        }
        boolean asks = settings.on("verify_https_client");
        List<Path> authorities = settings.text("ca_file", "").isEmpty() ? List.of() : List.of(path(settings.text("ca_file", "")));
        if (asks && authorities.isEmpty()) {
            settings.problem("tls.verify_https_client needs tls.ca_file: whose certificates of clients are good");
        }
        List<String> protocols = protocols();
        return settings.problems().isEmpty()
                ? Optional.of(new Https(host, port, path(certificate), path(key), authorities, asks, protocols, suites()))
                : Optional.empty();
    }

    private List<String> suites() {
        return Arrays.stream(text("tls_cipher_suites").split(",")).map(String::strip).filter(name -> !name.isEmpty()).toList();
    }

    private String text(String name) {
        return SECTIONS.stream().map(section -> settings.text(section + name, "")).filter(text -> !text.isEmpty()).findFirst().orElse("");
    }

    private List<Path> authorities() {
        List<Path> paths = new ArrayList<>();
        for (String name : List.of("ca_file", "ca_path")) {
            if (!text(name).isEmpty()) {
                paths.add(path(text(name)));
            }
        }
        return paths;
    }

    private static Path path(String text) {
        return Path.of(text).toAbsolutePath().normalize();
    }

    /** From the lowest that is spoken on. Older files say tls12, newer ones TLSv1_2. */
    private List<String> protocols() {
        String word = text("tls_min_version");
        int lowest = switch (word) {
            case "" -> USUAL_MINIMUM;
            case "tls10", "TLSv1_0" -> 0;
            case "tls11", "TLSv1_1" -> 1;
            case "tls12", "TLSv1_2", "TLS_AUTO" -> USUAL_MINIMUM;
            case "tls13", "TLSv1_3" -> 3;
            default -> {
                settings.problem("tls_min_version \"" + word + "\" has to be tls10, tls11, tls12 or tls13");
                yield USUAL_MINIMUM;
            }
        };
        return PROTOCOLS.subList(lowest, PROTOCOLS.size());
    }
}
