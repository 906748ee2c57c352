package muster.hcl;

import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/**
 * What names mean at a place. Immutable; an inner scope falls back to the one around it.
 *
 * @param variables values by root name
 * @param functions by name
 * @param unknownRoot gives a value to references whose root no scope knows; it receives the reference as text
 */
public record Scope(
        Optional<Scope> parent,
        Map<String, Value> variables,
        Map<String, Function> functions,
        Optional<Unresolved> unknownRoot,
        Optional<Value> splatItem) {
    /** Gives a value to a reference that nothing defines. */
    @FunctionalInterface
    public interface Unresolved {
        /** {@code reference} as written, without white space: {@code attr.kernel.name}, {@code env["HOME"]}. */
        Value resolve(String reference);
    }

    public Scope {
        variables = Map.copyOf(variables);
        functions = Map.copyOf(functions);
    }

    /** The outermost scope; references to unknown roots are errors. */
    public static Scope root(Map<String, Value> variables, Map<String, Function> functions) {
        return new Scope(Optional.empty(), variables, functions, Optional.empty(), Optional.empty());
    }

    /** A scope without names and functions: for files that are plain settings. */
    public static Scope empty() {
        return root(Map.of(), Map.of());
    }

    /** The same, but references to unknown roots get a value. */
    public Scope withUnresolved(Unresolved resolver) {
        return new Scope(parent, variables, functions, Optional.of(resolver), splatItem);
    }

    /** The same, but references to unknown roots stay as the text {@code ${reference}}, to be filled in at run time. */
    public Scope keepingUnknown() {
        return withUnresolved(reference -> Value.string("${" + reference + "}"));
    }

    /** A scope inside this one with more names. */
    public Scope with(Map<String, Value> inner) {
        return new Scope(Optional.of(this), inner, Map.of(), Optional.empty(), Optional.empty());
    }

    Scope withSplatItem(Value item) {
        return new Scope(Optional.of(this), Map.of(), Map.of(), Optional.empty(), Optional.of(item));
    }

    Optional<Value> variable(String name) {
        for (Scope scope = this; scope != null; scope = scope.parent.orElse(null)) {
            Value value = scope.variables.get(name);
            if (value != null) {
                return Optional.of(value);
            }
        }
        return Optional.empty();
    }

    Optional<Function> function(String name) {
        for (Scope scope = this; scope != null; scope = scope.parent.orElse(null)) {
            Function function = scope.functions.get(name);
            if (function != null) {
                return Optional.of(function);
            }
        }
        return Optional.empty();
    }

    Optional<Unresolved> unresolved() {
        for (Scope scope = this; scope != null; scope = scope.parent.orElse(null)) {
            if (scope.unknownRoot.isPresent()) {
                return scope.unknownRoot;
            }
        }
        return Optional.empty();
    }

    Value currentSplatItem() {
        for (Scope scope = this; scope != null; scope = scope.parent.orElse(null)) {
            if (scope.splatItem.isPresent()) {
                return scope.splatItem.get();
            }
        }
        return Value.unknown();
    }

    TreeSet<String> variableNames() {
        TreeSet<String> names = new TreeSet<>();
        for (Scope scope = this; scope != null; scope = scope.parent.orElse(null)) {
            names.addAll(scope.variables.keySet());
        }
        return names;
    }

    TreeSet<String> functionNames() {
        TreeSet<String> names = new TreeSet<>();
        for (Scope scope = this; scope != null; scope = scope.parent.orElse(null)) {
            names.addAll(scope.functions.keySet());
        }
        return names;
    }
}
