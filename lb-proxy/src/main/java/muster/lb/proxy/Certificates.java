package muster.lb.proxy;

import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.OpenSslContextOption;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import javax.net.ssl.SSLException;
import muster.lb.exchange.Listener;

/** The certificates of a listener at one moment: by name, and the first for those who ask for none of them. Immutable. */
final class Certificates {
    private final List<Served> all;
    private final Map<String, Served> byName = new HashMap<>();

    /** One certificate, ready to serve with and without HTTP/2. */
    record Served(String origin, List<String> names, X509Certificate certificate, ServerContext http, ServerContext plain) {
        /** Takes no new connections from now on. Once only. */
        void release() {
            http.release();
            plain.release();
        }
    }

    /** @param all in the order of their source; of two for one name the first is served */
    Certificates(List<Served> all) {
        this.all = List.copyOf(all);
        for (Served served : all) {
            served.names().forEach(name -> byName.putIfAbsent(name, served));
        }
    }

    List<Served> all() {
        return all;
    }

    /**
     * The one for a name: its own, else the one for all names beside it, else the first.
     *
     * @param isStrict without the last rule
     */
    Optional<Served> choose(String serverName, boolean isStrict) {
        Served exact = byName.get(serverName);
        if (exact == null) {
            int dot = serverName.indexOf('.');
            exact = dot > 0 ? byName.get("*" + serverName.substring(dot)) : null;
        }
        if (exact == null && !isStrict && !all.isEmpty()) {
            exact = all.getFirst();
        }
        return Optional.ofNullable(exact);
    }

    /** Makes one of a chain and its key. Throws naming what is wrong with it. */
    static Served served(String origin, PrivateKey key, X509Certificate[] chain, Listener.Tls tls) throws GeneralSecurityException {
        try {
            return new Served(origin, names(chain[0]), chain[0], context(key, chain, tls, true), context(key, chain, tls, false));
        } catch (SSLException | IllegalArgumentException e) {
            throw new GeneralSecurityException(e.getMessage() == null ? "it does not fit its key" : e.getMessage(), e);
        }
    }

    private static ServerContext context(PrivateKey key, X509Certificate[] chain, Listener.Tls tls, boolean offersHttp2)
            throws SSLException, GeneralSecurityException {
        SslContextBuilder builder = SslContextBuilder.forServer(key, chain).sslProvider(TlsEngine.provider());
        switch (tls.asking()) {
            case NEVER -> { }
            case WANTED -> builder.trustManager(InsecureTrustManagerFactory.INSTANCE).clientAuth(ClientAuth.OPTIONAL);
            case ANY -> builder.trustManager(InsecureTrustManagerFactory.INSTANCE).clientAuth(ClientAuth.REQUIRE);
            case VERIFIED_IF_GIVEN -> authorities(builder, tls).clientAuth(ClientAuth.OPTIONAL);
            case VERIFIED -> authorities(builder, tls).clientAuth(ClientAuth.REQUIRE);
        }
        List<String> protocols = protocols(tls.terms());
        if (!protocols.isEmpty()) {
            builder.protocols(protocols);
        }
        if (!tls.terms().ciphers().isEmpty()) {
            builder.ciphers(tls.terms().ciphers());
        }
        if (offersHttp2) {
            builder.applicationProtocolConfig(new ApplicationProtocolConfig(ApplicationProtocolConfig.Protocol.ALPN,
                    ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
                    ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT, tls.terms().protocols()));
        }
        List<String> groups = tls.terms().groups();
        if (!groups.isEmpty() && TlsEngine.provider() != SslProvider.JDK) {
            builder.option(OpenSslContextOption.GROUPS, groups.toArray(String[]::new));
        }
        return new ServerContext(builder.build(), groups);
    }

    private static SslContextBuilder authorities(SslContextBuilder builder, Listener.Tls tls) throws GeneralSecurityException {
        return tls.clientCertificates().isEmpty() ? builder : builder.trustManager(Pem.certificates(tls.clientCertificates()));
    }

    private static List<String> protocols(Listener.Terms terms) {
        List<String> known = List.of("TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3");
        if (terms.minVersion().isEmpty() && terms.maxVersion().isEmpty()) {
            return List.of();
        }
        int from = terms.minVersion().isEmpty() ? 2 : Math.max(0, known.indexOf(terms.minVersion()));
        int to = terms.maxVersion().isEmpty() ? 3 : known.indexOf(terms.maxVersion());
        if (to < from) {
            throw new IllegalArgumentException("no TLS version from " + terms.minVersion() + " to " + terms.maxVersion());
        }
        return known.subList(from, to + 1);
    }

    /** The names a certificate is for: its alternative names, or its common name when there are none. */
    private static List<String> names(X509Certificate certificate) throws GeneralSecurityException {
        List<String> names = new ArrayList<>();
        Collection<List<?>> alternatives = certificate.getSubjectAlternativeNames();
        if (alternatives != null) {
            for (List<?> alternative : alternatives) {
                if (alternative.get(0) instanceof Integer type && (type == 2 || type == 7) && alternative.get(1) instanceof String name) {
                    names.add(name.toLowerCase(Locale.ROOT));
                }
            }
        }
        if (names.isEmpty()) {
            try {
                for (Rdn part : new LdapName(certificate.getSubjectX500Principal().getName()).getRdns()) {
                    if (part.getType().equalsIgnoreCase("CN")) {
                        names.add(part.getValue().toString().toLowerCase(Locale.ROOT));
                    }
                }
            } catch (InvalidNameException e) {
                throw new GeneralSecurityException("a malformed subject", e);
            }
        }
        return List.copyOf(names);
    }
}
