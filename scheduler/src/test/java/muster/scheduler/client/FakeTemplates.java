package muster.scheduler.client;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Templates that do what the test says; those of a task are opened once and followed until closed. */
final class FakeTemplates implements Templating {
    final Map<String, Listener> open = new ConcurrentHashMap<>();
    final Map<String, Integer> opened = new ConcurrentHashMap<>();

    @Override
    public Open open(Request request, Listener listener) {
        opened.merge(request.task(), 1, Integer::sum);
        open.put(request.task(), listener);
        return () -> open.remove(request.task(), listener);
    }
}
