package muster.scheduler.state;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import muster.scheduler.job.Values;
import muster.wire.Key;

/**
 * How the proofs of an auth method are checked (API page: ACL auth methods, configuration). Of the three sources of keys the first that is
 * given counts. Leeways of zero stand for the usual ones, negative ones for none.
 *
 * @param claimMappings claims that become values, by the name or the JSON pointer of the claim
 * @param listClaimMappings claims that become lists, likewise
 */
public record AuthMethodConfig(List<String> allowedRedirectURIs, List<String> boundAudiences, List<String> boundIssuer,
        Map<String, String> claimMappings, @Key(durationText = true) Duration clockSkewLeeway, List<String> discoveryCaPem,
        @Key(durationText = true) Duration expirationLeeway, @Key("JWKSCACert") String jwksCaCert, @Key("JWKSURL") String jwksUrl,
        @Key("JWTValidationPubKeys") List<String> jwtValidationPubKeys, Map<String, String> listClaimMappings,
        @Key(durationText = true) Duration notBeforeLeeway, @Key("OIDCClientID") String oidcClientId,
        @Key("OIDCClientSecret") String oidcClientSecret, @Key("OIDCDisableUserInfo") boolean oidcDisableUserInfo,
        @Key("OIDCDiscoveryURL") String oidcDiscoveryUrl, @Key("OIDCScopes") List<String> oidcScopes, List<String> signingAlgs,
        boolean verboseLogging) {
    public AuthMethodConfig {
        allowedRedirectURIs = Values.list(allowedRedirectURIs);
        boundAudiences = Values.list(boundAudiences);
        boundIssuer = Values.list(boundIssuer);
        claimMappings = Values.map(claimMappings);
        clockSkewLeeway = Values.duration(clockSkewLeeway);
        discoveryCaPem = Values.list(discoveryCaPem);
        expirationLeeway = Values.duration(expirationLeeway);
        jwksCaCert = Values.text(jwksCaCert);
        jwksUrl = Values.text(jwksUrl);
        jwtValidationPubKeys = Values.list(jwtValidationPubKeys);
        listClaimMappings = Values.map(listClaimMappings);
        notBeforeLeeway = Values.duration(notBeforeLeeway);
        oidcClientId = Values.text(oidcClientId);
        oidcClientSecret = Values.text(oidcClientSecret);
        oidcDiscoveryUrl = Values.text(oidcDiscoveryUrl);
        oidcScopes = Values.list(oidcScopes);
        signingAlgs = Values.list(signingAlgs);
    }

    /** Without the client's secret. */
    @Override
    public String toString() {
        return "AuthMethodConfig[" + jwksUrl + ", " + oidcDiscoveryUrl + ", " + boundIssuer + ", " + boundAudiences + "]";
    }
}
