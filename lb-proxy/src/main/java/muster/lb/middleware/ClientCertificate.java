package muster.lb.middleware;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import javax.security.auth.x500.X500Principal;
import muster.lb.exchange.Decision;
import muster.lb.exchange.HeaderList;
import muster.lb.exchange.RequestHead;
import muster.lb.exchange.TlsSession;
import muster.lb.tree.Values;

/** passTLSClientCert: the certificate that the client proved to have, whole or in parts, as headers; a client's own are removed. */
final class ClientCertificate implements Middleware {
    private static final String PEM = "X-Forwarded-Tls-Client-Cert";
    private static final String PARTS = "X-Forwarded-Tls-Client-Cert-Info";
    private static final List<Map.Entry<String, String>> NAMES = List.of(Map.entry("domainComponent", "DC"), Map.entry("country", "C"),
            Map.entry("province", "ST"), Map.entry("locality", "L"), Map.entry("organization", "O"), Map.entry("organizationalUnit", "OU"),
            Map.entry("serialNumber", "SN"), Map.entry("commonName", "CN"));

    private final boolean isWhole;
    private final Optional<Values> parts;

    ClientCertificate(Values options) {
        this.isWhole = options.flag("pem");
        this.parts = options.section("info");
    }

    @Override
    public Decision handle(RequestHead head, Next next) {
        HeaderList headers = head.headers().copy().remove(PEM).remove(PARTS);
        head.peer().tls().flatMap(TlsSession::client).ifPresent(certificate -> {
            if (isWhole) {
                headers.set(PEM, encoded(certificate));
            }
            parts.ifPresent(wanted -> headers.set(PARTS, URLEncoder.encode(told(certificate, wanted), StandardCharsets.UTF_8)));
        });
        return next.handle(head.withHeaders(headers));
    }

    private static String encoded(X509Certificate certificate) {
        try {
            return Base64.getEncoder().encodeToString(certificate.getEncoded());
        } catch (CertificateEncodingException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String told(X509Certificate certificate, Values wanted) {
        List<String> told = new ArrayList<>();
        wanted.section("subject").map(names -> names(certificate.getSubjectX500Principal(), names)).filter(text -> !text.isEmpty())
                .ifPresent(text -> told.add("Subject=\"" + text + "\""));
        wanted.section("issuer").map(names -> names(certificate.getIssuerX500Principal(), names)).filter(text -> !text.isEmpty())
                .ifPresent(text -> told.add("Issuer=\"" + text + "\""));
        if (wanted.flag("serialNumber")) {
            told.add("SerialNumber=\"" + certificate.getSerialNumber() + "\"");
        }
        if (wanted.flag("notBefore")) {
            told.add("NB=\"" + certificate.getNotBefore().toInstant().getEpochSecond() + "\"");
        }
        if (wanted.flag("notAfter")) {
            told.add("NA=\"" + certificate.getNotAfter().toInstant().getEpochSecond() + "\"");
        }
        if (wanted.flag("sans")) {
            told.add("SAN=\"" + String.join(",", alternatives(certificate)) + "\"");
        }
        return String.join(";", told);
    }

    private static String names(X500Principal principal, Values wanted) {
        List<String> told = new ArrayList<>();
        try {
            List<Rdn> parts = new LdapName(principal.getName(X500Principal.RFC2253, Map.of("2.5.4.5", "SN"))).getRdns();
            NAMES.stream().filter(name -> wanted.flag(name.getKey())).forEach(name -> parts.stream()
                    .filter(part -> part.getType().equalsIgnoreCase(name.getValue()))
                    .forEach(part -> told.add(name.getValue() + "=" + part.getValue())));
        } catch (InvalidNameException e) {
            throw new IllegalStateException(e);
        }
        return String.join(",", told);
    }

    private static List<String> alternatives(X509Certificate certificate) {
        try {
            Collection<List<?>> names = certificate.getSubjectAlternativeNames();
            return names == null ? List.of() : names.stream().map(name -> String.valueOf(name.get(1))).toList();
        } catch (CertificateParsingException e) {
            return List.of();
        }
    }
}
