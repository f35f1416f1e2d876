<?php
// A WordPress of its own beside Debian's, which would take its configuration from /etc/wordpress: this file stands in a
// folder of links to Debian's code.
define('DB_NAME', 'wordpress');
define('DB_USER', 'root');
define('DB_PASSWORD', '');
define('DB_HOST', 'localhost:' . getenv('DB_SOCKET'));
define('DB_CHARSET', 'utf8mb4');
// Through whatever port it is asked, its links lead back there.
define('WP_HOME', 'http://' . ($_SERVER['HTTP_HOST'] ?? '127.0.0.1'));
define('WP_SITEURL', WP_HOME);
// Application passwords need https, but not here.
define('WP_ENVIRONMENT_TYPE', 'local');
define('WP_HTTP_BLOCK_EXTERNAL', true);
define('DISABLE_WP_CRON', true);
define('AUTOMATIC_UPDATER_DISABLED', true);
define('WP_CONTENT_DIR', ABSPATH . 'wp-content');
$table_prefix = 'wp_';
require_once ABSPATH . 'wp-settings.php';
