<?php
// A WordPress separate from Debian's, which reads its configuration from /etc/wordpress: this file is in a folder of
// links to Debian's code.
define('DB_NAME', 'wordpress');
define('DB_USER', 'root');
define('DB_PASSWORD', '');
define('DB_HOST', 'localhost:' . getenv('DB_SOCKET'));
define('DB_CHARSET', 'utf8mb4');
// Its links lead back to the port of the request.
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
