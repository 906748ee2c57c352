package muster.ui;

import muster.http.Reply;

/**
 * The application where a proxy serves its files and nothing else: addresses stand behind {@code #}, and the balancer's API, which is
 * beside the page, is read at intervals. Immutable; any thread may ask.
 */
public final class Dashboard {
    private static final String FILES = "/assets/";

    private final Assets assets = Assets.read().join();
    private final Reply.Full page;

    /** Waits until the files are read. @param base the path of the page, with its slashes: {@code /dashboard/} */
    public Dashboard(String base) {
        page = assets.page(base, Pages.Part.BALANCER, Assets.Addresses.HASH).at(base, "balancer=open", "");
    }

    /** A file of the application, or its page for every other path. */
    public Reply.Full answer(String path) {
        int at = path.indexOf(FILES);
        if (at < 0) {
            return page;
        }
        String[] parts = path.substring(at + FILES.length()).split("/", 2);
        return parts.length == 2 && parts[0].equals(assets.hash())
                ? assets.file(parts[1]).orElseGet(Dashboard::absent)
                : absent();
    }

    private static Reply.Full absent() {
        return Reply.text(404, "no such file in this version of the pages; reload the page\n");
    }
}
