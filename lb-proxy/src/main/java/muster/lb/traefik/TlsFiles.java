package muster.lb.traefik;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import muster.lb.exchange.Listener;
import muster.lb.exchange.Listener.Asking;
import muster.lb.middleware.Surroundings;
import muster.lb.tree.Values;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The certificates and TLS options of dynamic configuration, for listeners (Traefik: "TLS"). */
final class TlsFiles {
    private static final Logger log = LoggerFactory.getLogger(TlsFiles.class);
    private static final Duration REFRESH = Duration.ofSeconds(1);
    /** The options of routers that name none. */
    static final String DEFAULT = "default";
    private static final List<String> OFFERED = List.of("h2", "http/1.1");

    private final Supplier<DynamicConfig> files;
    private final Surroundings surroundings;
    private final Supplier<SortedMap<String, String>> certificates = this::pems;

    TlsFiles(Supplier<DynamicConfig> files, Surroundings surroundings) {
        this.files = files;
        this.surroundings = surroundings;
    }

    /** The settings by the complete names of the options, and those that hold for everybody else as "". Options that can't be used are left out. */
    Map<String, Listener.Tls> all(String entryPointOptions) {
        Map<String, Listener.Tls> all = new HashMap<>();
        files.get().of(Kind.TLS_OPTIONS).forEach((name, options) -> put(all, name + "@file", options));
        String usual = entryPointOptions.isEmpty() ? DEFAULT : entryPointOptions.replaceFirst("@.*", "");
        Optional<Values> options = Optional.ofNullable(files.get().of(Kind.TLS_OPTIONS).get(usual));
        if (options.isEmpty() && !usual.equals(DEFAULT)) {
            log.error("TLS options of an entry point are not defined, its TLS connections are refused options={}", usual);
        } else {
            put(all, "", options.orElse(Values.NONE));
        }
        return all;
    }

    private void put(Map<String, Listener.Tls> all, String name, Values options) {
        try {
            all.put(name, tls(options));
        } catch (IllegalArgumentException e) {
            log.error("TLS options not used, connections that need them are refused options={} why=\"{}\"", name, e.getMessage());
        }
    }

    /** A listener's side of TLS; certificates are looked at again and again. */
    private Listener.Tls tls(Values options) {
        problem(options).ifPresent(problem -> {
            throw new IllegalArgumentException(problem);
        });
        Values clients = options.sectionOrNone("clientAuth");
        String authorities = clients.texts("caFiles").stream().map(surroundings::pem).collect(Collectors.joining("\n"));
        List<String> protocols = options.texts("alpnProtocols").stream().filter(OFFERED::contains).toList();
        return new Listener.Tls(new Listener.CertificateSource.Supplied(certificates, REFRESH), options.flag("sniStrict"), asking(clients).orElseThrow(),
                authorities, new Listener.Terms(version(options.text("minVersion")), version(options.text("maxVersion")), options.texts("cipherSuites"),
                        options.texts("curvePreferences").stream().map(TlsFiles::group).flatMap(Optional::stream).toList(),
                        protocols.isEmpty() ? OFFERED : protocols));
    }

    /** Why options can't be used, as far as that shows in their text. */
    static Optional<String> problem(Values options) {
        Values clients = options.sectionOrNone("clientAuth");
        String type = clients.text("clientAuthType");
        if (asking(clients).isEmpty()) {
            return Optional.of("unknown client auth type \"" + type + "\"");
        }
        if (clients.texts("caFiles").isEmpty() && type.contains("Verify")) {
            return Optional.of("invalid clientAuthType: " + type + ", CAFiles is required");
        }
        for (String curve : options.texts("curvePreferences")) {
            if (group(curve).isEmpty()) {
                return Optional.of("invalid CurveID in curvePreferences: " + curve);
            }
        }
        return List.of("minVersion", "maxVersion").stream().map(options::text)
                .filter(version -> !version.isEmpty() && version(version).isEmpty()).findFirst()
                .map(version -> "\"" + version + "\" is no TLS version: VersionTLS12 or VersionTLS13 is right");
    }

    private static Optional<Asking> asking(Values clients) {
        return switch (clients.text("clientAuthType")) {
            case "" -> Optional.of(clients.texts("caFiles").isEmpty() ? Asking.NEVER : Asking.VERIFIED);
            case "NoClientCert" -> Optional.of(Asking.NEVER);
            case "RequestClientCert" -> Optional.of(Asking.WANTED);
            case "RequireAnyClientCert" -> Optional.of(Asking.ANY);
            case "VerifyClientCertIfGiven" -> Optional.of(Asking.VERIFIED_IF_GIVEN);
            case "RequireAndVerifyClientCert" -> Optional.of(Asking.VERIFIED);
            default -> Optional.empty();
        };
    }

    /** The registered name of what Go or its registration calls a curve. */
    private static Optional<String> group(String curve) {
        return switch (curve) {
            case "secp256r1", "CurveP256" -> Optional.of("secp256r1");
            case "secp384r1", "CurveP384" -> Optional.of("secp384r1");
            case "secp521r1", "CurveP521" -> Optional.of("secp521r1");
            case "x25519", "X25519" -> Optional.of("x25519");
            case "x25519mlkem768", "X25519MLKEM768" -> Optional.of("X25519MLKEM768");
            default -> Optional.empty();
        };
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
