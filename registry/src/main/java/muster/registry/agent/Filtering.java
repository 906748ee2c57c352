package muster.registry.agent;

import java.util.Map;
import muster.http.Call;

/** The {@code filter} parameter of the agent's lists: which of the rows, already in their wire form, it keeps. */
public interface Filtering {
    /** For {@code agent/services}. Throws {@link RefusedException} for a filter that can't be understood. */
    Map<String, Object> services(Call call, Map<String, Object> rows);

    /** For {@code agent/checks}. */
    Map<String, Object> checks(Call call, Map<String, Object> rows);
}
