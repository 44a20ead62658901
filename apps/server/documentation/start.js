window.SwaggerUIBundle({
	url: "/openapi.json",
	dom_id: "#page",
	deepLinking: true,
	tryItOutEnabled: true,
	// Nothing is asked of anybody else.
	validatorUrl: null,
});
