<?php
// For PHP's own web server: everything goes to WordPress.
define('ABSPATH', getenv('SITE') . '/');
$_SERVER['SCRIPT_NAME'] = '/index.php';
require ABSPATH . 'wp-blog-header.php';
