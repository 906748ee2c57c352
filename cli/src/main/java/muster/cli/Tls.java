package muster.cli;

import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import muster.wire.tls.Anybody;
import muster.wire.tls.PemFiles;

/** TLS for a command's connection. A class of its own, so that commands without it do not load it. */
final class Tls {
    private Tls() {}

    /** The same connection with TLS on it, its handshake done. */
    static Socket over(Socket socket, String host, int port, Api.Trust trust) throws IOException, GeneralSecurityException {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys(trust), trusted(trust), null);
        SSLSocket secure = (SSLSocket) context.getSocketFactory().createSocket(socket, host, port, true);
        SSLParameters parameters = secure.getSSLParameters();
        if (trust.verify() && trust.serverName().isEmpty()) {
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
        }
        if (!trust.serverName().isEmpty()) {
            parameters.setServerNames(List.of(new SNIHostName(trust.serverName())));
        }
        secure.setSSLParameters(parameters);
        secure.startHandshake();
        if (trust.verify() && !trust.serverName().isEmpty()) {
            requireName((X509Certificate) secure.getSession().getPeerCertificates()[0], trust.serverName());
        }
        return secure;
    }

    /** The name that was asked for need not be the address's, so the JDK's own look does not do. (RFC 6125) */
    private static void requireName(X509Certificate certificate, String name) throws IOException, GeneralSecurityException {
        var names = certificate.getSubjectAlternativeNames();
        boolean found = names != null && names.stream().anyMatch(entry -> entry.get(0).equals(2) && matches(String.valueOf(entry.get(1)), name));
        if (!found) {
            throw new IOException("x509: certificate is not valid for " + name);
        }
    }

    private static boolean matches(String pattern, String name) {
        int dot = name.indexOf('.');
        return pattern.equalsIgnoreCase(name) || pattern.startsWith("*.") && dot > 0 && pattern.substring(1).equalsIgnoreCase(name.substring(dot));
    }

    private static KeyManager[] keys(Api.Trust trust) throws IOException, GeneralSecurityException {
        return trust.certificate().isEmpty() || trust.key().isEmpty() ? null
                : PemFiles.identity(Path.of(trust.certificate()), Path.of(trust.key()));
    }

    private static TrustManager[] trusted(Api.Trust trust) throws IOException, GeneralSecurityException {
        if (!trust.verify()) {
            return Anybody.trusted();
        }
        return trust.authorities().isEmpty() ? null : PemFiles.authorities(List.of(Path.of(trust.authorities())));
    }
}
