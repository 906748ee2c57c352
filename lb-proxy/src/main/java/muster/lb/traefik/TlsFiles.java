package muster.lb.traefik;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import muster.lb.exchange.Listener;
import muster.lb.middleware.Surroundings;
import muster.lb.tree.Values;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The certificates and TLS options of dynamic configuration, for listeners (Traefik: "TLS"). */
final class TlsFiles {
    private static final Logger log = LoggerFactory.getLogger(TlsFiles.class);
    private static final Duration REFRESH = Duration.ofSeconds(1);

    private final Supplier<DynamicConfig> files;
    private final Surroundings surroundings;

    TlsFiles(Supplier<DynamicConfig> files, Surroundings surroundings) {
        this.files = files;
        this.surroundings = surroundings;
    }

    /** A listener's side of TLS, with the options of that name as they are now; certificates are looked at again and again. */
    Listener.Tls tls(String optionsName) {
        Values options = files.get().of(Kind.TLS_OPTIONS).getOrDefault(optionsName.isEmpty() ? "default" : optionsName.replaceFirst("@.*", ""), Values.NONE);
        Values clients = options.sectionOrNone("clientAuth");
        boolean isAsked = clients.text("clientAuthType").toLowerCase(Locale.ROOT).startsWith("require");
        String authorities = isAsked ? clients.texts("caFiles").stream().map(this::pem).collect(Collectors.joining("\n")) : "";
        return new Listener.Tls(new Listener.CertificateSource.Supplied(this::pems, REFRESH), options.flag("sniStrict"), authorities,
                version(options.text("minVersion")), version(options.text("maxVersion")), options.texts("cipherSuites"));
    }

    private static String version(String name) {
        return switch (name) {
            case "VersionTLS10" -> "TLSv1";
            case "VersionTLS11" -> "TLSv1.1";
            case "VersionTLS12" -> "TLSv1.2";
            case "VersionTLS13" -> "TLSv1.3";
            default -> "";
        };
    }

    /** The default certificate first, then the others by file. One that can't be read is left to the listener to tell. */
    private SortedMap<String, String> pems() {
        SortedMap<String, String> pems = new TreeMap<>();
        DynamicConfig now = files.get();
        now.of(Kind.TLS_STORE).values().stream().flatMap(store -> store.section("defaultCertificate").stream())
                .forEach(certificate -> put(pems, "0-default.pem", certificate));
        List<Values> certificates = now.certificates();
        for (int i = 0; i < certificates.size(); i++) {
            put(pems, "1-%06d.pem".formatted(i), certificates.get(i));
        }
        return pems;
    }

    private void put(SortedMap<String, String> pems, String name, Values certificate) {
        pems.put(name, pem(certificate.text("certFile")) + "\n" + pem(certificate.text("keyFile")));
    }

    private String pem(String option) {
        try {
            return surroundings.pem(option);
        } catch (IllegalArgumentException e) {
            log.debug("certificate file not read why=\"{}\"", e.getMessage());
            return "";
        }
    }
}
