package muster.registry.login;

import java.util.Map;

/**
 * Who has shown who they are.
 *
 * @param fields what selectors look at
 * @param variables what names of bindings may be made of
 */
public record Identity(Map<String, Object> fields, Map<String, String> variables) {
    public Identity {
        variables = Map.copyOf(variables);
    }
}
