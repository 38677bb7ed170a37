import { createApp } from 'vue'
import Notes from './notes.vue'

createApp(Notes).mount('#app')
