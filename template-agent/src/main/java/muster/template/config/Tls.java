package muster.template.config;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import muster.wire.tls.Anybody;
import muster.wire.tls.PemFiles;

/** An {@code ssl} block as what connections need: authorities and a client's certificate from PEM files. */
final class Tls {
    private Tls() {}

    /** Empty where nothing is set: then https addresses are checked against the machine's authorities. */
    static Optional<SSLContext> of(Given given, String block, Map<String, String> env, String authority, String authorities, String certificate,
            String key, String verify) {
        String caFile = given.text(block + "ca_cert", env.getOrDefault(authority, ""));
        String caPath = given.text(block + "ca_path", env.getOrDefault(authorities, ""));
        String cert = given.text(block + "cert", env.getOrDefault(certificate, ""));
        String keyFile = given.text(block + "key", env.getOrDefault(key, ""));
        boolean verified = given.flag(block + "verify", !env.getOrDefault(verify, "true").equals("false"));
        if (!given.flag(block + "enabled", true) || caFile.isEmpty() && caPath.isEmpty() && cert.isEmpty() && verified && !given.hasAny(block)) {
            return Optional.empty();
        }
        if (!given.text(block + "server_name", "").isEmpty()) {
            throw new ConfigurationException(block + "server_name can't be set; use an address whose name is in the server's certificate");
        }
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(cert.isEmpty() ? null : PemFiles.identity(Path.of(cert), Path.of(keyFile.isEmpty() ? cert : keyFile)),
                    verified ? trusted(caFile, caPath) : Anybody.trusted(), null);
            return Optional.of(context);
        } catch (GeneralSecurityException | IOException e) {
            throw new ConfigurationException(block.substring(0, block.length() - 1) + ": " + e.getMessage());
        }
    }

    private static TrustManager[] trusted(String file, String folder) throws GeneralSecurityException, IOException {
        List<Path> places = Stream.of(file, folder).filter(place -> !place.isEmpty()).map(Path::of).toList();
        return places.isEmpty() ? null : PemFiles.authorities(places);
    }
}
