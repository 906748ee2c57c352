package muster.template.language;

/** The functions that a template may call besides Go's own, which these hide. Used by one execution, on its thread. */
@FunctionalInterface
public interface Functions {
    /** Null where there is none of that name. */
    Function named(String name);
}
