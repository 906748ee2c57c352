package muster.scheduler.acl;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import muster.scheduler.state.Acl;
import muster.scheduler.state.AclAuthMethod;
import muster.scheduler.state.AclBindingRule;
import muster.scheduler.state.AclRole;
import muster.scheduler.state.AclToken;
import muster.wire.GoQuote;
import muster.wire.login.BoundName;
import muster.wire.login.LoginException;

/** What the binding rules of an auth method give to who has shown who they are. Pure. */
public record Bindings(boolean management, List<String> policies, List<AclToken.RoleLink> roles) {
    private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9-]{1,128}");
    private static final int MAX_TOKEN_NAME = 256;

    /** Of all rules whose selectors fit; what they name and is not there is left out. Throws {@link LoginException} for a name that can't be made. */
    public static Bindings of(Acl acl, AclAuthMethod method, Claims claims) {
        List<String> policies = new ArrayList<>();
        List<AclToken.RoleLink> roles = new ArrayList<>();
        for (AclBindingRule rule : acl.bindingRules()) {
            if (!rule.authMethod().equals(method.name()) || !claims.fit(rule.selector())) {
                continue;
            }
            switch (rule.bindType()) {
                case AclBindingRule.MANAGEMENT -> {
                    return new Bindings(true, List.of(), List.of());
                }
                case AclBindingRule.ROLE -> {
                    AclRole role = acl.roleNamed(name(rule, claims));
                    if (role != null) {
                        roles.add(new AclToken.RoleLink(role.id(), role.name()));
                    }
                }
                default -> {
                    String policy = name(rule, claims);
                    if (acl.policies().contains(policy)) {
                        policies.add(policy);
                    }
                }
            }
        }
        return new Bindings(false, policies.stream().distinct().toList(), roles.stream().distinct().toList());
    }

    private static String name(AclBindingRule rule, Claims claims) {
        String name = BoundName.of(rule.bindName(), claims.variables()).orElseThrow(() -> new LoginException("cannot compute "
                + GoQuote.quote(rule.bindType()) + " bind name for bind target: " + GoQuote.quote(rule.bindName())
                + " names what the token does not tell"));
        if (!NAME.matcher(name).matches()) {
            throw new LoginException("computed " + GoQuote.quote(rule.bindType()) + " bind name for bind target is invalid: " + GoQuote.quote(name));
        }
        return name;
    }

    public boolean areNone() {
        return !management && policies.isEmpty() && roles.isEmpty();
    }

    /** What a token of the method is called. */
    public static String tokenName(AclAuthMethod method, Claims claims) {
        Map<String, String> variables = claims.variables();
        variables.put("auth_method_type", method.type());
        variables.put("auth_method_name", method.name());
        String name = BoundName.exact(method.tokenNameFormat(), variables).orElse(method.type() + "-" + method.name());
        return name.length() > MAX_TOKEN_NAME ? name.substring(0, MAX_TOKEN_NAME) : name;
    }
}
