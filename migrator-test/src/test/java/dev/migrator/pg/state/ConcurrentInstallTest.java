package dev.migrator.pg.state;

import static org.assertj.core.api.Assertions.assertThat;

import dev.migrator.Identifier;
import dev.migrator.pg.internal.state.StateSchema;
import dev.migrator.test.PostgresServer;
import dev.migrator.test.TestDatabase;
import java.io.File;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ConcurrentInstallTest {
    private static final int INSTALLERS = 8;

    private final TestDatabase db = PostgresServer.shared().createDatabase();

    @AfterEach
    void drop() {
        db.close();
    }

    @Test
    void many_threads_of_one_process_install_it_together() throws Exception {
        together(new StateSchema(db.dataSource(), Identifier.of("migrator"))::install);

        isThereOnce();
    }

    @Test
    void many_processes_install_it_together() throws Exception {
        // What a process shares with another one is the database alone; here, class loaders keep the rest apart.
        URL[] classPath = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(path -> new File(path).toURI())
                .map(ConcurrentInstallTest::url)
                .toArray(URL[]::new);
        List<URLClassLoader> loaders = new ArrayList<>();
        Set<Thread> before = Thread.getAllStackTraces().keySet();
        together(() -> {
            URLClassLoader loader = new URLClassLoader(classPath, ClassLoader.getPlatformClassLoader());
            synchronized (loaders) {
                loaders.add(loader);
            }
            installIn(loader);
        });
        for (URLClassLoader loader : loaders) {
            loader.close();
        }

        isThereOnce();
        db.awaitNoSessions(); // a server process lives on for a moment after its client has closed
        assertThat(Thread.getAllStackTraces().keySet().stream()
                        .filter(thread -> !before.contains(thread))
                        .map(Thread::getName)
                        .filter(name -> !name.startsWith("pool-"))
                        // The driver's own, one a class loader.
                        .filter(name -> !name.startsWith("Cleaner-"))
                        .collect(Collectors.toList()))
                .isEmpty();
    }

    private static URL url(URI uri) {
        try {
            return uri.toURL();
        } catch (MalformedURLException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private void installIn(ClassLoader loader) throws ReflectiveOperationException {
        Class<?> driver = loader.loadClass("org.postgresql.ds.PGSimpleDataSource");
        Object source = driver.getConstructor().newInstance();
        driver.getMethod("setURL", String.class).invoke(source, db.url());
        driver.getMethod("setUser", String.class).invoke(source, db.user());
        driver.getMethod("setPassword", String.class).invoke(source, db.password());
        Class<?> identifier = loader.loadClass(Identifier.class.getName());
        Class<?> schema = loader.loadClass(StateSchema.class.getName());
        assertThat(schema).isNotEqualTo(StateSchema.class);
        Object name = identifier.getMethod("of", String.class).invoke(null, "migrator");
        Object installer = schema.getConstructor(DataSource.class, identifier).newInstance(source, name);
        schema.getMethod("install").invoke(installer);
    }

    private interface Work {
        void run() throws Exception;
    }

    private static void together(Work work) throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(INSTALLERS);
        CyclicBarrier start = new CyclicBarrier(INSTALLERS);
        List<Callable<Boolean>> all = new ArrayList<>();
        for (int i = 0; i < INSTALLERS; i++) {
            all.add(() -> {
                start.await();
                work.run();
                return true;
            });
        }
        try {
            for (Future<Boolean> result : pool.invokeAll(all)) {
                assertThat(result.get()).isTrue();
            }
        } finally {
            pool.shutdown();
            assertThat(pool.awaitTermination(1, TimeUnit.MINUTES)).isTrue();
        }
    }

    private void isThereOnce() {
        assertThat(new StateSchema(db.dataSource(), Identifier.of("migrator")).isInstalled())
                .isTrue();
        assertThat(db.queryStrings("SELECT version FROM migrator.flyway_schema_history WHERE version IS NOT NULL"))
                .containsExactly("1", "2", "3", "4", "5", "6", "7");
    }
}
