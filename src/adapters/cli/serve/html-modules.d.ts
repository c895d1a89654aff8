/** Pages, put into the bundle as text: `import page from './page.html' with { type: 'text' }`. */
declare module '*.html' {
  const page: string;
  export default page;
}
