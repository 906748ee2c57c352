package muster.template.render;

import java.util.Set;
import muster.template.dependency.Dependency;

/** What came of executing a template once. */
public sealed interface RenderResult {
    /** Everything the template asked for, known or not. */
    Set<Dependency<?>> used();

    /** The output, made from values that were all known. */
    record Rendered(String text, Set<Dependency<?>> used) implements RenderResult {
        public Rendered {
            used = Set.copyOf(used);
        }
    }

    /** It executed, but some values were not known; the template may ask for more once they are. */
    record Missing(Set<Dependency<?>> missing, Set<Dependency<?>> used) implements RenderResult {
        public Missing {
            missing = Set.copyOf(missing);
            used = Set.copyOf(used);
        }
    }

    /** It failed; perhaps only because values were missing. */
    record Failed(String message, Set<Dependency<?>> missing, Set<Dependency<?>> used) implements RenderResult {
        public Failed {
            missing = Set.copyOf(missing);
            used = Set.copyOf(used);
        }
    }
}
